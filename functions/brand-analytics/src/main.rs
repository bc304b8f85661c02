//! The function `brand-analytics`.

fn main() -> std::process::ExitCode {
    service_chassis::main("brand-analytics", brand_analytics::start)
}
