//! Documents of the tests' own, whole and damaged.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use lopdf::{Document, dictionary};

use super::*;

fn options() -> PdfOptions {
    PdfOptions {
        max_pages: None,
        join_pages: true,
        password: None,
    }
}

/// A document with a page for each content.
fn document(contents: &[&str]) -> Vec<u8> {
    let mut document = Document::with_version("1.5");
    let pages = document.new_object_id();
    let font = document.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica", "Encoding" => "WinAnsiEncoding",
    });
    let form = document.add_object(lopdf::Stream::new(
        dictionary! { "Type" => "XObject", "Subtype" => "Form" },
        b"BT /F1 9 Tf 1 0 0 1 0 10 Tm (inner) Tj ET /Fm Do".to_vec(),
    ));
    let resources = document.add_object(dictionary! {
        "Font" => dictionary! { "F1" => font },
        "XObject" => dictionary! { "Fm" => form },
    });
    let kids: Vec<Object> = contents
        .iter()
        .map(|content| {
            let mut stream = lopdf::Stream::new(dictionary! {}, content.as_bytes().to_vec());
            stream.compress().unwrap();
            let content = document.add_object(stream);
            let page = dictionary! { "Type" => "Page", "Parent" => pages, "Contents" => content };
            document.add_object(page).into()
        })
        .collect();
    let count = kids.len() as i64;
    document.objects.insert(
        pages,
        Object::Dictionary(dictionary! {
            "Type" => "Pages", "Kids" => kids, "Count" => count, "Resources" => resources,
        }),
    );
    let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages });
    let info = document.add_object(dictionary! {
        "Title" => lopdf::text_string("Gr\u{fc}n"), "Author" => Object::string_literal("Ann"),
    });
    document.trailer.set("Root", catalog);
    document.trailer.set("Info", info);
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    bytes
}

const FIRST: &str = "BT /F1 12 Tf 50 700 Td (Hello) Tj 40 0 Td [(wor) -10 (ld) -400 (again)] TJ 0 -14 TD (second \\374) Tj T* (third) Tj (3) ' ET";

#[test]
fn pages_become_lines_of_text() {
    let bytes = document(&[FIRST, "q 1 0 0 1 0 100 cm BT /F1 9 Tf (top) Tj ET Q /Fm Do"]);
    let read = |options: &PdfOptions| super::read(&bytes, options).unwrap();
    let all = read(&options());
    let first = "Hello world again\nsecond ü\nthird\n3";
    let second = "top\ninner";
    assert_eq!(
        all.get("text"),
        Some(&Value::from(format!("{first}\n\n{second}")))
    );
    assert_eq!(all.get("numpages"), Some(&Value::from(2)));
    let info = all.get("info").unwrap();
    assert_eq!(info.get("Title"), Some(&Value::from("Grün")));
    assert_eq!(info.get("PDFFormatVersion"), Some(&Value::from("1.5")));
    let list = read(&PdfOptions {
        join_pages: false,
        max_pages: Some(1),
        ..options()
    });
    assert_eq!(
        list.get("text"),
        Some(&Value::from(vec![Value::from(first)]))
    );
    let none = read(&PdfOptions {
        max_pages: Some(0),
        ..options()
    });
    assert_eq!(none.get("text"), Some(&Value::from("")));
}

#[test]
fn what_unpacks_to_too_much_is_refused() {
    let pack = |bytes: &[u8]| {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    };
    let once = pack(&vec![0; 1 << 20]);
    for (packed, enough) in [
        (once.clone(), 1 << 20),
        (pack(&once), (1 << 20) + once.len() as u64),
    ] {
        let document = [
            b"%PDF-1.5\n1 0 obj\nstream\r\n",
            packed.as_slice(),
            b"endstream",
        ]
        .concat();
        assert!(require_small(&document, enough).is_ok());
        let error = require_small(&document, enough - 1).unwrap_err();
        assert!(error.contains("unpacked"), "{error}");
    }
}

#[test]
fn damaged_documents_are_errors_or_less() {
    let whole = document(&[FIRST]);
    let mut seed = 7_u32;
    let mut chance = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) as usize
    };
    for round in 0..200 {
        let mut bytes = whole.clone();
        if round % 4 == 0 {
            bytes.truncate(chance() % whole.len());
        }
        for _ in 0..round % 12 {
            if !bytes.is_empty() {
                let at = chance() % bytes.len();
                bytes[at] = chance() as u8;
            }
        }
        // The reader may panic on what is damaged; the thread it works on holds that off.
        let _ = std::panic::catch_unwind(|| super::read(&bytes, &options()).map(drop));
    }
    for bytes in [&b""[..], b"hello", b"%PDF-1.7"] {
        assert!(super::read(bytes, &options()).is_err());
    }
    let nested = format!(
        "%PDF-1.4\n1 0 obj\n{}\nendobj\ntrailer<</Root 1 0 R>>",
        "[".repeat(100_000)
    );
    assert!(super::read(nested.as_bytes(), &options()).is_err());
}
