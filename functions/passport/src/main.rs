//! The function `passport`.

fn main() -> std::process::ExitCode {
    service_chassis::main("passport", passport::start)
}
