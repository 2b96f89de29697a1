use domain::{Invalid, MediaType};

use crate::attachments::kind::of;

/// A PDF that begins with this line, and whose trailer holds these entries.
fn pdf(lead: &[u8], objects: &str, trailer: &str) -> Vec<u8> {
    let body = format!(
        "%PDF-1.7\n1 0 obj\n<</Type/Catalog>>\nendobj\n{objects}\ntrailer\n<<{trailer}>>\nstartxref\n0\n%%EOF\n"
    );
    [lead, body.as_bytes()].concat()
}

#[rstest::rstest]
#[case(b"")]
#[case(b"\xef\xbb\xbf")]
#[case(b"\xef\xbb\xbf\r\n")]
#[case(b"\n\n")]
#[case(b"\x1b%-12345X@PJL ENTER LANGUAGE=PDF\r\n")]
#[case(b"Content-Type: application/pdf\r\n\r\n")]
fn a_pdf_may_begin_after_a_few_lines(#[case] lead: &[u8]) {
    assert_eq!(of(&pdf(lead, "", "/Root 1 0 R")), Ok(MediaType::Pdf));
}

#[rstest::rstest]
#[case(b"<!doctype html><!-- %PDF-1.4 --><script>alert(1)</script>")]
#[case(b"<svg xmlns='http://www.w3.org/2000/svg'><!--%PDF--><script>1</script></svg>")]
#[case(&pdf(b"<!doctype html>\n<script>alert(1)</script>\n", "", ""))]
#[case(&pdf(b"MZ\x90\0\x03\n", "", ""))]
#[case(&pdf(b"GIF89a\x01\0\n", "", ""))]
fn what_only_mentions_a_pdf_is_none(#[case] bytes: &[u8]) {
    assert_eq!(of(bytes), Err(Invalid::FileType));
}

#[test]
fn a_letter_that_mentions_one_is_a_text() {
    for text in ["My CV begins with\n%PDF-1.7\nas it should.", "%PDF is a format.", "a %PDF-1.7"] {
        assert_eq!(of(text.as_bytes()), Ok(MediaType::Txt), "{text}");
    }
    let far = [b"\n".repeat(2000).as_slice(), &pdf(b"", "", "")].concat();
    assert_eq!(of(&far), Ok(MediaType::Txt));
}

#[rstest::rstest]
#[case::rc4_40_owner(r"<< /V 1 /R 2 /Length 40 /P 4294967292 /Filter /Standard /O <c92422687facee686e373f10b5c7d04738053152f7e2ee30e11c69ec442576ab> /U <1c166b9b6e323b1e242a765c91e6b498bbf0ad7a9194f2ffc8669d7e87e212cf> >>", "575c8957c9c66318e3b79ae8b83c0893", true)]
#[case::rc4_40_user(r"<< /V 1 /R 2 /Length 40 /P 4294967292 /Filter /Standard /O <92fe0f4454ad4c9644693f33c07cb54f587dce1e2682fe9ecea6107a1ef630dd> /U <aab17d4c015a52f3529ebfd7fa4fb43d27a54ed023b876e2a37ad873b1545095> >>", "dd720b006fa0a3b1fda870f09f89f2e1", false)]
#[case::rc4_128_owner(r"<< /V 2 /R 3 /Length 128 /P 4294967292 /Filter /Standard /O <566fa873ee33c797cd3b904fdadf814afa34df9a38f6ed41b984e2c6da2aa6f5> /U <047888d7f87df5972cddd9c84fc2814228bf4e5e4e758a4164004e56fffa0108> >>", "1fa9245a4fe72c28e2e06a869f0ff4b4", true)]
#[case::rc4_128_user(r"<< /V 2 /R 3 /Length 128 /P 4294967292 /Filter /Standard /O <0db5855fc5326569e765906caf64e4429a4c20d6e996fdef963e9b5080f9e083> /U <9c7052d732e72b768cd8c9965f81239c28bf4e5e4e758a4164004e56fffa0108> >>", "85508eb5d3bfe7623ae030b4d1f81309", false)]
#[case::aes_128_owner(r"<< /V 4 /R 4 /Length 128 /P 4294967292 /Filter /Standard /O <566fa873ee33c797cd3b904fdadf814afa34df9a38f6ed41b984e2c6da2aa6f5> /U <3bb606081ab8309032e957a44521d68228bf4e5e4e758a4164004e56fffa0108> /CF << /StdCF << /AuthEvent /DocOpen /CFM /AESV2 /Length 16 >> >> /StmF /StdCF /StrF /StdCF >>", "1c7c04eb83dbf803b9316430aeede285", true)]
#[case::aes_128_user(r"<< /V 4 /R 4 /Length 128 /P 4294967292 /Filter /Standard /O <0db5855fc5326569e765906caf64e4429a4c20d6e996fdef963e9b5080f9e083> /U <19d2f3f9e8841b6b7e1e02360a52dd2828bf4e5e4e758a4164004e56fffa0108> /CF << /StdCF << /AuthEvent /DocOpen /CFM /AESV2 /Length 16 >> >> /StmF /StdCF /StrF /StdCF >>", "8d00493f601851201cbf0a2af9a0e2c5", false)]
#[case::aes_256_of_2008_owner(r"<< /V 5 /R 5 /Length 256 /P 4294967292 /Filter /Standard /O <a8f9919b02cebcf030763349c9a0a1dbf17072c802fb3376ed1a9b1c73a85a6382c09584e08e487d5fed9df7aea59ef6> /U <285008aa2aa64ee0b1135e03e332fe7b467335f3e4bc982c702380cb0e35bf9cb26fb49297d09528bf3f694e60af79b9> /CF << /StdCF << /AuthEvent /DocOpen /CFM /AESV3 /Length 32 >> >> /StmF /StdCF /StrF /StdCF >>", "419871aaaac32427fa2a89d0435e2ced", true)]
#[case::aes_256_of_2008_user(r"<< /V 5 /R 5 /Length 256 /P 4294967292 /Filter /Standard /O <4030ab85698c2f3a5b3b30e56a890f55a8b7d172490e9e79916aba665b82ee78d30a3d93e0e6710415b82e9245bdb1f9> /U <9e96293ed1a3f9987f1825e421d885ae723e04faaff8c550cb9d84e7e1702aae163e574156fb879fb4e342dc3853ffec> /CF << /StdCF << /AuthEvent /DocOpen /CFM /AESV3 /Length 32 >> >> /StmF /StdCF /StrF /StdCF >>", "a008a19d1e5ad33ee7848ed49975aca1", false)]
#[case::aes_256_owner(r"<< /V 5 /R 6 /Length 256 /P 4294967292 /Filter /Standard /O <67c4875eeee2249fd21e8e98c6eada18c46023a62e5b4968d96424e5efada4dfcbe3a2d71f796663066520ccd3b0eeca> /U <b29ccf1918abe8f961cfc7119a5292d2bf009ff27cb7868268bcff6d8364fc50499f4ba1cb6a83dde0d3a50f03374617> /CF << /StdCF << /AuthEvent /DocOpen /CFM /AESV3 /Length 32 >> >> /StmF /StdCF /StrF /StdCF >>", "8b43a7cb50c733bd5aefa67cf790c328", true)]
#[case::aes_256_user(r"<< /V 5 /R 6 /Length 256 /P 4294967292 /Filter /Standard /O <925b31342a3032e203f9bea6be1d4fe1ec9f189f2762b884cb179325622f67309eafa6cca98345e999de062ffde0179e> /U <89a976c62e6adec1e5ca5fb25c95b6f3f16839062fbe48906d8a4bb915584aa3e53351a8f59770179f86faba8bf4cee6> /CF << /StdCF << /AuthEvent /DocOpen /CFM /AESV3 /Length 32 >> >> /StmF /StdCF /StrF /StdCF >>", "fdbcd7cd017bcdb795a5e035b220f53a", false)]
fn a_password_of_the_owner_alone_asks_nobody(
    #[case] lock: &str,
    #[case] id: &str,
    #[case] opens: bool,
) {
    let known = if opens { Ok(MediaType::Pdf) } else { Err(Invalid::FilePassword) };
    let trailer = format!("/Root 1 0 R/ID[<{id}><00>]/Encrypt 14 0 R");
    let objects = format!("114 0 obj\n<<>>\nendobj\n14 0 obj\n{lock}\nendobj");
    assert_eq!(of(&pdf(b"", &objects, &trailer)), known);
    // The lock may stand in the trailer itself, and a page may speak of another one.
    let trailer = format!("/Root 1 0 R/ID[<{id}><00>]/Encrypt {lock}");
    assert_eq!(of(&pdf(b"", "(/Encrypt 9 0 R) /EncryptMetadata true", &trailer)), known);
}

#[test]
fn a_lock_of_another_kind_is_one() {
    let lock = "/Encrypt<</Filter/Adobe.PubSec/V 4>>";
    assert_eq!(of(&pdf(b"", "", lock)), Err(Invalid::FilePassword));
}

#[test]
fn a_lock_that_is_only_spoken_of_is_none() {
    for page in ["(/Encrypt 9 0 R)", "/Encrypt", "/Encrypt 1 0 R", "/Encrypt<</Length 0>>"] {
        assert_eq!(of(&pdf(b"", page, "/Root 1 0 R")), Ok(MediaType::Pdf), "{page}");
    }
}

#[test]
fn a_lock_that_cannot_be_read_breaks_nothing() {
    for lock in [
        "/Filter/Standard/V 2/R 3/Length 0/P 0/O()/U()",
        "/Filter/Standard/V 2/R 3/Length -8/P 0/O()/U()",
        "/Filter/Standard/V 5/R 6/P 0/O()/U(abc)",
        "/Filter/Standard/V 9/R 99/Length 128/P 0/O()/U()",
        "/Filter/Standard/V 1",
    ] {
        let trailer = format!("/Encrypt<<{lock}>>");
        assert_eq!(of(&pdf(b"", "", &trailer)), Err(Invalid::FilePassword), "{lock}");
    }
}
