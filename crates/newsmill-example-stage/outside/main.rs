//! newsmill with one stage more.

fn main() -> std::process::ExitCode {
    newsmill::main(newsmill::builtin().with::<newsmill_example_stage::WordsPerSentence>())
}
