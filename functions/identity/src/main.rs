//! The function `identity`.

fn main() -> std::process::ExitCode {
    service_chassis::main("identity", identity::start)
}
