//! Every format is written and read back, and damaged files are errors.

use itemflow_model::Number;

use super::*;

fn text(text: &str) -> Cell {
    Cell::Text(text.into())
}

fn grid() -> Vec<Vec<Cell>> {
    vec![
        vec![text("name"), text("amount"), text("ok"), text("note")],
        vec![
            text("grün ✓ 😀"),
            Cell::number(1.5),
            Cell::Bool(true),
            text("a\nb\t c  d "),
        ],
        vec![
            text("<&\"'>{\\}"),
            Cell::number(-7.0),
            Cell::Bool(false),
            Cell::Empty,
        ],
        vec![
            text("007"),
            Cell::Number(Number::from(9_007_199_254_740_993_i64)),
            Cell::Empty,
            text("ж".repeat(9000).as_str()),
        ],
    ]
}

fn options() -> WriteOptions {
    WriteOptions {
        sheet: "Sheet".into(),
        delimiter: ",".into(),
        compress: true,
    }
}

fn read_back(format: Format, grid: &[Vec<Cell>]) -> Vec<Vec<Cell>> {
    let bytes = write(format, grid, &options()).unwrap();
    let sheet = read(&bytes, &ReadOptions::default()).unwrap();
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for (row, cells) in sheet.rows {
        rows.resize(row as usize + 1, Vec::new());
        for (column, cell) in cells {
            let row = &mut rows[row as usize];
            row.resize(column as usize + 1, Cell::Empty);
            row[column as usize] = cell;
        }
    }
    rows
}

#[test]
fn spreadsheets_keep_types_and_texts() {
    let mut expected = grid();
    // A whole number that a spreadsheet would round is kept as text.
    expected[3][1] = text("9007199254740993");
    expected[2].pop();
    for format in [Format::Xls, Format::Xlsx, Format::Ods] {
        assert_eq!(read_back(format, &grid()), expected, "{format:?}");
    }
}

#[test]
fn text_formats_keep_texts() {
    let html = read_back(Format::Html, &grid());
    assert_eq!(html[2][0], text("<&\"'>{\\}"));
    assert_eq!(html[1][1..3], [Cell::number(1.5), Cell::Bool(true)]);
    assert_eq!(html[3][0], text("007"));
    let rtf = read_back(Format::Rtf, &grid());
    assert_eq!(
        rtf[1],
        [
            text("grün ✓ 😀"),
            text("1.5"),
            text("TRUE"),
            text("a\nb\t c  d ")
        ]
    );
    assert_eq!(rtf[2][0], text("<&\"'>{\\}"));
    let csv = read_back(Format::Csv, &grid());
    assert_eq!(
        csv[1],
        [
            text("grün ✓ 😀"),
            Cell::number(1.5),
            Cell::Bool(true),
            text("a\nb\t c  d ")
        ]
    );
    assert_eq!(csv[3][1], grid()[3][1]);
}

#[test]
fn a_sheet_is_found_by_its_name() {
    let options = |name: &str| ReadOptions {
        sheet: Some(name.into()),
        ..ReadOptions::default()
    };
    for format in [Format::Xls, Format::Xlsx, Format::Ods] {
        let bytes = write(format, &grid(), &self::options()).unwrap();
        assert!(read(&bytes, &options("Sheet")).is_ok());
        let error = read(&bytes, &options("Other")).unwrap_err();
        assert_eq!(
            error, "the file has no sheet `Other`, only `Sheet`",
            "{format:?}"
        );
    }
    let bytes = b"<table><tr><td>1</td></tr></table><table><tr><td>2</td></tr></table>";
    let second = read(bytes, &options("Sheet2")).unwrap();
    assert_eq!(second.rows, [(0, vec![(0, Cell::number(2.0))])]);
    assert!(read(b"a,b", &options("Other")).is_err());
}

#[test]
fn what_a_format_cannot_hold_is_an_error() {
    let wide = [vec![Cell::Bool(true); 257]];
    assert!(
        write(Format::Xls, &wide, &options())
            .unwrap_err()
            .contains("256")
    );
    assert!(write(Format::Xlsx, &wide, &options()).is_ok());
    let long = [vec![text(&"x".repeat(40_000))]];
    assert!(write(Format::Xls, &long, &options()).is_err());
    assert!(write(Format::Xlsx, &long, &options()).is_err());
    for format in [Format::Xls, Format::Xlsx, Format::Ods] {
        let options = WriteOptions {
            sheet: "a/b".into(),
            ..options()
        };
        assert!(write(format, &[], &options).unwrap_err().contains("`a/b`"));
    }
}

#[test]
fn nothing_is_a_table_too() {
    for name in Format::NAMES {
        let format = Format::find(name).unwrap();
        assert_eq!(format.name(), name);
        let bytes = write(format, &[], &options()).unwrap();
        if let Ok(sheet) = read(&bytes, &ReadOptions::default()) {
            assert_eq!(sheet.rows, [], "{name}");
        }
    }
}

#[test]
fn html_spans_and_entities_are_read() {
    let page = "<p>x</p><table><thead><tr><th colspan=2>a &amp; b</th><th rowspan=2>c</th></tr></thead>\
        <tr><td> 1 \n 2 </td><td>x<br>y</td><td>z</td></tr></table>";
    let sheet = read(page.as_bytes(), &ReadOptions::default()).unwrap();
    assert_eq!(
        sheet.rows,
        [
            (0, vec![(0, text("a & b")), (2, text("c"))]),
            (1, vec![(0, text("1 2")), (1, text("x\ny")), (3, text("z"))]),
        ]
    );
    assert!(read(b"<p>no table</p>", &ReadOptions::default()).is_err());
}

#[test]
fn hostile_pages_are_refused_in_time() {
    for piece in ["<div>", "<td rowspan=1000 colspan=1000>"] {
        let page = format!("<table><tr>{}", piece.repeat(100_000));
        assert!(
            read(page.as_bytes(), &ReadOptions::default()).is_err(),
            "{piece}"
        );
    }
    let nested =
        b"<table><tr><td>a<table><tr><td>b</td></tr></table></td></tr><tr><td>c</td></tr></table>";
    let sheet = read(nested, &ReadOptions::default()).unwrap();
    assert_eq!(
        sheet.rows,
        [(0, vec![(0, text("ab"))]), (1, vec![(0, text("c"))])]
    );
}

#[test]
fn rtf_as_others_write_it_is_read() {
    let document = br"{\rtf1\ansi{\fonttbl{\f0 Arial;}}{\*\generator x;}\trowd\cellx100\cellx200\pard\intbl{\b Gr\'fcn}\cell \u10003?\u-10179?\u-8704?\cell\row\trowd\intbl 2\cell\cell\row}";
    let sheet = read(document, &ReadOptions::default()).unwrap();
    assert_eq!(sheet.rows[0].1, [(0, text("Grün")), (1, text("✓😀"))]);
    assert_eq!(sheet.rows[1].1, [(0, text("2"))]);
    assert!(read(b"{\\rtf1 no table}", &ReadOptions::default()).is_err());
}

#[test]
fn damaged_files_are_errors_or_less_and_never_more() {
    for name in Format::NAMES {
        let whole = write(Format::find(name).unwrap(), &grid(), &options()).unwrap();
        let mut seed = 1_u32;
        let mut chance = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) as usize
        };
        for round in 0..120 {
            let mut bytes = whole.clone();
            if round % 3 == 0 {
                bytes.truncate(chance() % whole.len());
            }
            for _ in 0..round % 9 {
                if !bytes.is_empty() {
                    let at = chance() % bytes.len();
                    bytes[at] = chance() as u8;
                }
            }
            // The reader of workbooks may panic on what is damaged; the thread it works on holds that off.
            let read = std::panic::catch_unwind(|| read(&bytes, &ReadOptions::default()).map(drop));
            assert!(
                name.starts_with("xl") || read.is_ok(),
                "{name}, round {round}"
            );
        }
    }
}

#[test]
fn hostile_workbooks_are_refused() {
    // A cell in the last corner beside one in the first, which a reader would make room between.
    let mut stream = Vec::new();
    for (row, column) in [(0_u16, 0_u16), (65_535, 65_535)] {
        stream.extend([0x03, 0x02, 14, 0]);
        stream.extend(row.to_le_bytes());
        stream.extend(column.to_le_bytes());
        stream.extend([0; 10]);
    }
    let bytes = workbook::contain("/Workbook", &stream).unwrap();
    let error = read(&bytes, &ReadOptions::default()).unwrap_err();
    assert!(error.contains("spans more than"), "{error}");

    use std::io::Write as _;
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive
        .start_file("content.xml", zip::write::SimpleFileOptions::default())
        .unwrap();
    archive.write_all(&vec![b' '; 1 << 20]).unwrap();
    let bytes = archive.finish().unwrap().into_inner();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&bytes[..])).unwrap();
    assert!(workbook::require_small(&mut archive, 1 << 20).is_ok());
    let error = workbook::require_small(&mut archive, (1 << 20) - 1).unwrap_err();
    assert!(error.contains("when it is unpacked"), "{error}");

    let rows = "<table:table-row table:number-rows-repeated=\"1000000\"><table:table-cell table:number-columns-repeated=\"16000\" office:value-type=\"float\" office:value=\"1\"/></table:table-row>";
    let content = format!("<d><table:table table:name=\"a\">{rows}</table:table></d>");
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive
        .start_file("content.xml", zip::write::SimpleFileOptions::default())
        .unwrap();
    archive.write_all(content.as_bytes()).unwrap();
    let bytes = archive.finish().unwrap().into_inner();
    let error = read(&bytes, &ReadOptions::default()).unwrap_err();
    assert!(error.contains("more than"), "{error}");
}
