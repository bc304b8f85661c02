//! The function `fridge`.

fn main() -> std::process::ExitCode {
    service_chassis::main("fridge", fridge::start)
}
