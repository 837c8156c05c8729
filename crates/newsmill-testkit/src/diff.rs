//! A line diff for failure messages.

/// The two texts' lines, common ones indented, missing ones with `-`, surplus ones with `+`. Common lines more than
/// two away from a difference are left out.
pub fn diff(expected: &[String], actual: &[String]) -> String {
    let lines = align(expected, actual);
    let near = |i: usize| {
        let around = i.saturating_sub(2)..(i + 3).min(lines.len());
        lines[around].iter().any(|(mark, _)| *mark != ' ')
    };
    let mut out = String::new();
    let mut skipped = false;
    for (i, (mark, line)) in lines.iter().enumerate() {
        if near(i) {
            if skipped {
                out.push_str("    …\n");
            }
            out.push_str(&format!("  {mark} {line}\n"));
        }
        skipped = !near(i);
    }
    out
}

/// Longest common subsequence by dynamic programming: sections have at most a few hundred lines.
fn align<'a>(expected: &'a [String], actual: &'a [String]) -> Vec<(char, &'a str)> {
    let (n, m) = (expected.len(), actual.len());
    let mut common = vec![0u32; (n + 1) * (m + 1)];
    for i in (0..n).rev() {
        for j in (0..m).rev() {
            common[i * (m + 1) + j] = if expected[i] == actual[j] {
                common[(i + 1) * (m + 1) + j + 1] + 1
            } else {
                common[(i + 1) * (m + 1) + j].max(common[i * (m + 1) + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut lines = Vec::new();
    while i < n || j < m {
        if i < n && j < m && expected[i] == actual[j] {
            lines.push((' ', expected[i].as_str()));
            (i, j) = (i + 1, j + 1);
        } else if j >= m || (i < n && common[(i + 1) * (m + 1) + j] >= common[i * (m + 1) + j + 1]) {
            lines.push(('-', expected[i].as_str()));
            i += 1;
        } else {
            lines.push(('+', actual[j].as_str()));
            j += 1;
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_the_difference_with_its_neighbours() {
        let lines = |s: &str| s.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let text = diff(&lines("a b c d e f g"), &lines("a b c d x f g"));
        assert_eq!(text, "    …\n    c\n    d\n  - e\n  + x\n    f\n    g\n");
    }
}
