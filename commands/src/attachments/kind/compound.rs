//! Compound files (MS-CFB): Word's older format, and what Office encrypts.

use std::io::{Cursor, Read as _};

use domain::{Invalid, MediaType};

/// In the second word of flags of a document's header: it is encrypted or obfuscated (MS-DOC 2.5.2).
const ENCRYPTED: u8 = 1;
/// Where that byte is in the stream.
const FLAGS: usize = 11;

/// DOC, or why it is not taken. What is in the file says it, not the program that it names.
pub(super) fn kind(bytes: &[u8]) -> Result<MediaType, Invalid> {
    let file = cfb::CompoundFile::open(Cursor::new(bytes));
    let mut file = file.map_err(|_| Invalid::FileType)?;
    // MS-OFFCRYPTO 2.3: a newer document that was encrypted whole.
    if file.is_stream("EncryptedPackage") || file.is_stream("EncryptionInfo") {
        return Err(Invalid::FilePassword);
    }
    let mut stream = file.open_stream("WordDocument").map_err(|_| Invalid::FileType)?;
    let mut header = [0; FLAGS + 1];
    let read = stream.read_exact(&mut header);
    drop(stream);
    if read.is_ok() && header[FLAGS] & ENCRYPTED != 0 {
        return Err(Invalid::FilePassword);
    }
    // MS-DOC 2.1.9, MS-OVBA 2.2.1.
    if file.is_storage("Macros/VBA") {
        return Err(Invalid::FileMacro);
    }
    Ok(MediaType::Doc)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn file(streams: &[(&str, &[u8])]) -> Vec<u8> {
        let mut file = cfb::CompoundFile::create(Cursor::new(vec![])).unwrap();
        for (path, content) in streams {
            if let Some((storages, _)) = path.rsplit_once('/') {
                file.create_storage_all(storages).unwrap();
            }
            file.create_stream(path).unwrap().write_all(content).unwrap();
        }
        file.flush().unwrap();
        file.into_inner().into_inner()
    }

    fn header(flags: u8) -> [u8; 32] {
        let mut header = [0; 32];
        header[..2].copy_from_slice(&[0xec, 0xa5]);
        header[FLAGS] = flags;
        header
    }

    #[rstest::rstest]
    #[case(&[("WordDocument", &header(0x12)[..]), ("1Table", &b""[..])], Ok(MediaType::Doc))]
    #[case(&[("WordDocument", &b""[..])], Ok(MediaType::Doc))]
    #[case(&[("WordDocument", &header(0x13)[..])], Err(Invalid::FilePassword))]
    #[case(&[("EncryptionInfo", &b""[..]), ("EncryptedPackage", &b""[..])], Err(Invalid::FilePassword))]
    #[case(&[("WordDocument", &header(0)[..]), ("Macros/VBA/dir", &b""[..])], Err(Invalid::FileMacro))]
    #[case(&[("Workbook", &b""[..])], Err(Invalid::FileType))]
    #[case(&[("PowerPoint Document", &b""[..])], Err(Invalid::FileType))]
    #[case(&[("__properties_version1.0", &b""[..])], Err(Invalid::FileType))]
    fn a_compound_file_is_what_is_in_it(
        #[case] streams: &[(&str, &[u8])],
        #[case] kind_of_it: Result<MediaType, Invalid>,
    ) {
        assert_eq!(kind(&file(streams)), kind_of_it);
    }

    #[test]
    fn a_file_that_is_cut_off_is_refused() {
        let whole = file(&[("WordDocument", &[7; 9000])]);
        for part in [9, 100, 512, 600] {
            assert_eq!(kind(&whole[..part]), Err(Invalid::FileType));
        }
    }
}
