//! The function `measurement`.

fn main() -> std::process::ExitCode {
    service_chassis::main("measurement", measurement::start)
}
