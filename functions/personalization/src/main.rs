//! The function `personalization`.

fn main() -> std::process::ExitCode {
    service_chassis::main("personalization", personalization::start)
}
