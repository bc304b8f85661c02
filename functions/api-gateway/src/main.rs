//! The gateway's program.

fn main() -> std::process::ExitCode {
    service_chassis::main("api-gateway", api_gateway::start)
}
