//! The symbol on a package, drawn: a QR code with the GS1 Digital Link, or a GS1 `DataMatrix` with the
//! element string (GS1 General Specifications, sections 5.6 and 5.10), and its elements in words
//! beneath (section 4.14).

use std::fmt::Write as _;

use datamatrix::{DataMatrix, SymbolList};
use qrcode::{Color, EcLevel, QrCode};

use super::gs1::Code;

/// Where the canonical link stands before the resolver takes its place.
const CANONICAL_ROOT: &str = "https://id.gs1.org";
/// Pixels of a module; a label is scaled by who prints it.
const MODULE: usize = 8;
/// Modules that must stay white around a symbol (ISO/IEC 18004: 4; ISO/IEC 16022: 1).
const QUIET_OF_QR: usize = 4;
const QUIET_OF_DATA_MATRIX: usize = 2;
/// Height of the words, and of a line of them.
const TEXT: usize = 14;
const LINE: usize = 20;

/// Which symbol.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Symbol {
    /// For everybody's camera.
    #[default]
    Qr,
    /// For tills and small packages.
    DataMatrix,
}

impl Symbol {
    /// Of its name in a query.
    pub fn of(name: &str) -> Option<Self> {
        match name {
            "qr" => Some(Self::Qr),
            "datamatrix" => Some(Self::DataMatrix),
            _ => None,
        }
    }
}

/// Modules of a symbol, row by row; dark ones are true.
struct Modules {
    width: usize,
    dark: Vec<bool>,
    quiet: usize,
}

/// The label of a code as SVG; none where no symbol can hold it.
pub fn svg(code: &Code, symbol: Symbol, public_url: &str) -> Option<String> {
    let modules = match symbol {
        Symbol::Qr => qr(&link(code, public_url)?)?,
        Symbol::DataMatrix => data_matrix(&code.element_string())?,
    };
    Some(draw(&modules, &words(code)))
}

/// The code's address at this resolver.
fn link(code: &Code, public_url: &str) -> Option<String> {
    Some(code.canonical_uri()?.replacen(CANONICAL_ROOT, public_url, 1))
}

fn qr(link: &str) -> Option<Modules> {
    let symbol = QrCode::with_error_correction_level(link, EcLevel::M).ok()?;
    let dark = symbol.to_colors().into_iter().map(|color| color == Color::Dark).collect();
    Some(Modules { width: symbol.width(), dark, quiet: QUIET_OF_QR })
}

/// GS1 puts FNC1 in front of the elements; the group separator may stand between them (5.6.2).
fn data_matrix(elements: &str) -> Option<Modules> {
    let symbol = DataMatrix::encode_gs1(elements.as_bytes(), SymbolList::default()).ok()?;
    let bitmap = symbol.bitmap();
    let (width, height) = (bitmap.width(), bitmap.height());
    let mut dark = vec![false; width * height];
    for (column, row) in bitmap.pixels() {
        if let Some(module) = dark.get_mut(row * width + column) {
            *module = true;
        }
    }
    Some(Modules { width, dark, quiet: QUIET_OF_DATA_MATRIX })
}

/// Each element in a line, its AI in brackets.
fn words(code: &Code) -> Vec<String> {
    code.elements().iter().map(|element| format!("({}) {}", element.ai, element.value)).collect()
}

fn draw(modules: &Modules, words: &[String]) -> String {
    let Modules { width, dark, quiet } = modules;
    let side = (width + 2 * quiet) * MODULE;
    let rows = dark.len().checked_div(*width).unwrap_or_default() + 2 * quiet;
    let symbol_height = rows * MODULE;
    // Letters of one width are three fifths of their height wide.
    let longest = words.iter().map(|line| line.chars().count() * TEXT * 3 / 5).max().unwrap_or_default();
    let (whole, height) = (side.max(longest + 2 * TEXT), symbol_height + words.len() * LINE + TEXT / 2);
    let left = (whole - side) / 2;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {whole} {height}\" width=\"{whole}\" \
         height=\"{height}\" role=\"img\"><rect width=\"{whole}\" height=\"{height}\" fill=\"#fff\"/>\
         <path shape-rendering=\"crispEdges\" d=\""
    );
    for (index, _) in dark.iter().enumerate().filter(|(_, dark)| **dark) {
        let (column, row) = (index % width + quiet, index / width + quiet);
        let (x, y) = (left + column * MODULE, row * MODULE);
        let _infallible = write!(svg, "M{x} {y}h{MODULE}v{MODULE}h-{MODULE}z");
    }
    svg.push_str("\"/>");
    for (index, line) in words.iter().enumerate() {
        let y = symbol_height + index * LINE + TEXT;
        let _infallible = write!(
            svg,
            "<text x=\"{}\" y=\"{y}\" text-anchor=\"middle\" font-family=\"monospace\" font-size=\"{TEXT}\">{}</text>",
            whole / 2,
            escaped(line)
        );
    }
    svg.push_str("</svg>\n");
    svg
}

/// A text in XML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use proptest::prelude::*;

    use super::*;
    use crate::domain::gs1::{self, Gtin, product_code};

    const ROOT: &str = "https://pt.example";

    fn today() -> NaiveDate {
        "2026-11-22".parse().unwrap()
    }

    fn code(lot: Option<&str>, use_by: Option<&str>) -> Code {
        let gtin: Gtin = "09521234543213".parse().unwrap();
        product_code(gtin, lot, use_by.map(|day| day.parse().unwrap()), today()).unwrap()
    }

    /// The dark squares that a label draws, as a picture of one pixel for each module.
    fn seen(svg: &str) -> (usize, Vec<bool>) {
        let path = svg.split(" d=\"").nth(1).unwrap().split('"').next().unwrap();
        let squares: Vec<(usize, usize)> = path
            .split('z')
            .filter_map(|square| {
                let (x, rest) = square.strip_prefix('M')?.split_once(' ')?;
                Some((x.parse().unwrap(), rest.split_once('h')?.0.parse().unwrap()))
            })
            .collect();
        let left = squares.iter().map(|(x, _)| *x).min().unwrap();
        let top = squares.iter().map(|(_, y)| *y).min().unwrap();
        let width = (squares.iter().map(|(x, _)| *x).max().unwrap() - left) / MODULE + 1;
        let height = (squares.iter().map(|(_, y)| *y).max().unwrap() - top) / MODULE + 1;
        let mut pixels = vec![false; width * height];
        for (x, y) in squares {
            pixels[(y - top) / MODULE * width + (x - left) / MODULE] = true;
        }
        (width, pixels)
    }

    /// What a camera reads from a label with a QR code.
    fn read_qr(svg: &str) -> String {
        let (width, pixels) = seen(svg);
        let (scale, quiet) = (4, 4);
        let side = (width + 2 * quiet) * scale;
        let mut picture = rqrr::PreparedImage::prepare_from_greyscale(side, side, |x, y| {
            let (x, y) = ((x / scale).wrapping_sub(quiet), (y / scale).wrapping_sub(quiet));
            if x < width && y < width && pixels[y * width + x] { 0 } else { 255 }
        });
        picture.detect_grids()[0].decode().unwrap().1
    }

    /// What a scanner reads from a label with a `DataMatrix`.
    fn read_data_matrix(svg: &str) -> String {
        let (width, pixels) = seen(svg);
        String::from_utf8(DataMatrix::decode(&pixels, width).unwrap()).unwrap()
    }

    #[test]
    fn a_camera_reads_the_link_of_the_product_from_the_qr_code() {
        let drawn = svg(&code(None, None), Symbol::Qr, ROOT).unwrap();
        assert_eq!(read_qr(&drawn), "https://pt.example/01/09521234543213");
        let drawn = svg(&code(Some("A/B"), Some("2026-11-30")), Symbol::Qr, ROOT).unwrap();
        assert_eq!(read_qr(&drawn), "https://pt.example/01/09521234543213/10/A%2FB?17=261130");
    }

    #[test]
    fn a_scanner_reads_the_elements_from_the_data_matrix() {
        let drawn = svg(&code(Some("LOT-7"), Some("2026-11-30")), Symbol::DataMatrix, ROOT).unwrap();
        let read = gs1::parse(&format!("]d2{}", read_data_matrix(&drawn)), None, today()).unwrap();
        assert_eq!((read.lot(), read.use_by()), (Some("LOT-7"), "2026-11-30".parse().ok()));
        assert_eq!(read.gtin().unwrap().as_str(), "09521234543213");
    }

    #[test]
    fn a_data_matrix_of_gs1_begins_with_fnc1() {
        let symbol = DataMatrix::encode_gs1(b"0109521234543213", SymbolList::default()).unwrap();
        assert_eq!(symbol.codewords()[0], 232);
    }

    #[test]
    fn the_elements_stand_beneath_and_cannot_break_the_drawing() {
        let drawn = svg(&code(Some("<&\">"), None), Symbol::Qr, ROOT).unwrap();
        assert!(drawn.contains("(01) 09521234543213</text>"));
        assert!(drawn.contains("(10) &lt;&amp;\"&gt;</text>"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn whatever_the_lot_both_symbols_say_it(lot in "[A-Za-z0-9!%&'()*+,./:;<=>?_\"-]{1,20}") {
            let code = code(Some(&lot), None);
            let link = read_qr(&svg(&code, Symbol::Qr, ROOT).unwrap());
            let scanned = gs1::parse(&link, None, today()).unwrap();
            prop_assert_eq!(scanned.lot(), Some(lot.as_str()));
            let elements = read_data_matrix(&svg(&code, Symbol::DataMatrix, ROOT).unwrap());
            let scanned = gs1::parse(&format!("]d2{elements}"), None, today()).unwrap();
            prop_assert_eq!(scanned.lot(), Some(lot.as_str()));
        }
    }
}
