//! The `newsmill` binary. A binary with stages of your own looks the same, with
//! `newsmill::builtin().with::<YourStage>()`.

fn main() -> std::process::ExitCode {
    newsmill::main(newsmill::builtin())
}
