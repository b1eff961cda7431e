//! Build script: gives the Windows programs their icon and version. Elsewhere it does nothing.

fn main() {
    println!("cargo::rerun-if-changed=assets/icon/referee.ico");
    println!("cargo::rerun-if-changed=src/build.rs");
    if std::env::var_os("CARGO_CFG_WINDOWS").is_none() {
        return;
    }
    let mut resource = winresource::WindowsResource::new();
    resource.set_icon("assets/icon/referee.ico").set("ProductName", "Fencing Referee");
    if let Err(error) = resource.compile() {
        println!("cargo::warning=the program gets no icon: {error}");
    }
}
