//! Lists the catalogues of `locales/<language>/<context>.ftl`, which are compiled into the program.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=locales");
    let root = Path::new(&env::var("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("locales");
    let mut list = String::from("&[");
    for language in sorted(&root)? {
        let _ = write!(list, "({:?}, &[", name(&language));
        for file in sorted(&language)? {
            // As the compiler knows the folder: a target folder may be another checkout's copy.
            let path = format!("/locales/{}/{}", name(&language), name(&file));
            let _ = write!(list, "include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), {path:?})),");
        }
        list.push_str("]),");
    }
    list.push(']');
    let out = env::var("OUT_DIR").expect("cargo sets it");
    fs::write(Path::new(&out).join("locales.rs"), list)
}

fn sorted(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
