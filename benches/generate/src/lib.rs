//! Seeded news of any size, for benchmarks and memory tests.
//!
//! Articles have the statistics of real news where speed and memory depend on them: length (median 2.8 KB, mean 3.8,
//! 95 % under 10), share with any non-ASCII character (57 %) and with curly marks (34 %), about 14 mentions and 4
//! quotations in 1,000 bytes, half of the people unknown to the gazetteer, surnames and pronouns after a first full
//! mention. They say nothing sensible: quality is never measured on them.
//!
//! Article `n` of a seed depends on the seed, the names and `n` alone, so a corpus of any size is a prefix of a larger
//! one, and nothing is kept in memory.
//!
//! ```
//! use newsmill_generate::{Generator, Names};
//!
//! let generator = Generator::new(Names::default(), 1);
//! let article = generator.article(0);
//! assert!(article.body.len() > 200);
//! assert_eq!(article, generator.article(0));
//! ```

mod article;
mod names;
mod random;
mod templates;

pub use article::{Generated, Generator};
pub use names::Names;

#[cfg(test)]
mod tests {
    use super::*;

    /// 2,000 articles: the length and style that the crate promises.
    #[test]
    fn statistics_are_those_of_news() {
        let generator = Generator::new(Names::default(), 7);
        let articles: Vec<Generated> = (0..2000).map(|n| generator.article(n)).collect();
        let mut lengths: Vec<usize> = articles.iter().map(|a| a.body.len()).collect();
        lengths.sort_unstable();
        let mean = lengths.iter().sum::<usize>() / lengths.len();
        let share = |holds: fn(&Generated) -> bool| articles.iter().filter(|a| holds(a)).count() / 20;
        let seen = [lengths[1000], mean, lengths[1900]];
        for (seen, promised) in seen.iter().zip([2800, 3800, 10_000]) {
            assert!(seen.abs_diff(promised) < promised / 10, "{seen} for {promised}");
        }
        let curly = share(|a| a.body.contains(['“', '’']));
        assert!(curly.abs_diff(34) <= 3, "{curly} % curly");
        let unicode = share(|a| !a.body.is_ascii());
        assert!(unicode.abs_diff(57) <= 4, "{unicode} % not ASCII");
    }

    #[test]
    fn a_corpus_is_a_prefix_of_a_larger_one() {
        let generator = Generator::new(Names::default(), 3);
        let small: Vec<_> = generator.articles(20_000).collect();
        let large: Vec<_> = generator.articles(60_000).collect();
        assert_eq!(small, large[..small.len()]);
        assert!(large.len() > small.len());
        assert_ne!(Generator::new(Names::default(), 4).article(0), small[0]);
    }

    #[test]
    fn no_slot_is_left_empty() {
        let generator = Generator::new(Names::default(), 5);
        for number in 0..200 {
            let article = generator.article(number);
            assert!(!article.body.contains(['{', '}']), "{}", article.body);
            assert!(!article.body.contains("  "), "{}", article.body);
        }
    }
}
