//! Lines of a file or of standard input, plain or gzip, one at a time: however large the input is, no
//! more than one line of it is in memory.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use flate2::bufread::MultiGzDecoder;

use super::ImportError;

/// Longest line that is read: the largest records of Open Food Facts have a hundredth of it.
const LONGEST_LINE: u64 = 16 * 1024 * 1024;
/// The first two bytes of gzip (RFC 1952, section 2.3.1).
const GZIP: [u8; 2] = [0x1f, 0x8b];
/// What some editors put before UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Where lines come from.
pub(super) struct Input {
    name: String,
    reader: Box<dyn BufRead + Send>,
    line: u64,
    consumed: Arc<AtomicU64>,
    size: Option<u64>,
    peeked: Option<Line>,
}

/// One line.
pub(super) struct Line {
    /// Counted from 1, as an editor counts.
    pub(super) number: u64,
    /// Its text without the line's end, or why it is none.
    pub(super) text: Result<String, String>,
}

impl Input {
    /// Opens a file; `-` is standard input.
    pub(super) fn open(file: &Path) -> Result<Self, ImportError> {
        let name = file.display().to_string();
        let unopened = |source| ImportError::Unopened { file: name.clone(), source };
        if name == "-" {
            return Self::new("standard input".to_owned(), io::stdin(), None).map_err(unopened);
        }
        let file = File::open(file).map_err(unopened)?;
        let about = file.metadata().map_err(unopened)?;
        let size = about.is_file().then_some(about.len());
        Self::new(name.clone(), file, size).map_err(unopened)
    }

    fn new(name: String, bytes: impl Read + Send + 'static, size: Option<u64>) -> io::Result<Self> {
        let consumed = Arc::new(AtomicU64::new(0));
        let mut reader =
            BufReader::with_capacity(64 * 1024, Counted { bytes, consumed: Arc::clone(&consumed) });
        let reader: Box<dyn BufRead + Send> = if reader.fill_buf()?.starts_with(&GZIP) {
            Box::new(BufReader::with_capacity(64 * 1024, MultiGzDecoder::new(reader)))
        } else {
            Box::new(reader)
        };
        Ok(Self { name, reader, line: 0, consumed, size, peeked: None })
    }

    /// The next line.
    pub(super) fn next(&mut self) -> Result<Option<Line>, ImportError> {
        match self.peeked.take() {
            Some(line) => Ok(Some(line)),
            None => self.read(),
        }
    }

    /// The next line, which [`Input::next`] will give too.
    pub(super) fn peek(&mut self) -> Result<Option<&Line>, ImportError> {
        if self.peeked.is_none() {
            self.peeked = self.read()?;
        }
        Ok(self.peeked.as_ref())
    }

    fn read(&mut self) -> Result<Option<Line>, ImportError> {
        let mut bytes = Vec::new();
        let read = (&mut self.reader).take(LONGEST_LINE + 1).read_until(b'\n', &mut bytes);
        if read.map_err(|source| self.unreadable(source))? == 0 {
            return Ok(None);
        }
        self.line += 1;
        let whole = bytes.pop_if(|last| *last == b'\n').is_some();
        if !whole && bytes.len() as u64 > LONGEST_LINE {
            self.skip_line().map_err(|source| self.unreadable(source))?;
            return Ok(Some(Line {
                number: self.line,
                text: Err("the line is longer than 16 MiB".to_owned()),
            }));
        }
        let _carriage_return = bytes.pop_if(|last| *last == b'\r');
        if self.line == 1 && bytes.starts_with(BYTE_ORDER_MARK) {
            bytes.drain(..BYTE_ORDER_MARK.len());
        }
        let text = String::from_utf8(bytes).map_err(|error| format!("not UTF-8: {}", error.utf8_error()));
        Ok(Some(Line { number: self.line, text }))
    }

    /// How much of the input is read, in percent, where its size is known.
    pub(super) fn percent(&self) -> Option<u64> {
        let size = self.size.filter(|size| *size > 0)?;
        Some((self.consumed.load(Ordering::Relaxed) * 100 / size).min(100))
    }

    fn skip_line(&mut self) -> io::Result<()> {
        loop {
            let buffer = self.reader.fill_buf()?;
            if buffer.is_empty() {
                return Ok(());
            }
            let (skipped, ended) = match buffer.iter().position(|byte| *byte == b'\n') {
                Some(end) => (end + 1, true),
                None => (buffer.len(), false),
            };
            self.reader.consume(skipped);
            if ended {
                return Ok(());
            }
        }
    }

    fn unreadable(&self, source: io::Error) -> ImportError {
        ImportError::Unreadable { file: self.name.clone(), line: self.line, source }
    }
}

/// Counts the bytes that are read, so that progress can be told of packed files too.
struct Counted<R> {
    bytes: R,
    consumed: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.bytes.read(buffer)?;
        self.consumed.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    /// An input with this content.
    pub(in crate::catalog) fn of(content: &[u8]) -> Input {
        Input::new("test".to_owned(), io::Cursor::new(content.to_vec()), Some(content.len() as u64)).unwrap()
    }

    fn lines(content: &[u8]) -> Vec<(u64, Result<String, String>)> {
        let mut input = of(content);
        let mut lines = Vec::new();
        while let Some(line) = input.next().unwrap() {
            lines.push((line.number, line.text));
        }
        assert_eq!(input.percent(), Some(100));
        lines
    }

    fn gzip(content: &[u8]) -> Vec<u8> {
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(content).unwrap();
        packed.finish().unwrap()
    }

    #[test]
    fn lines_are_counted_whatever_their_ends() {
        let expected = vec![(1, Ok("a".to_owned())), (2, Ok(String::new())), (3, Ok("b".to_owned()))];
        assert_eq!(lines(b"a\r\n\nb"), expected);
        assert_eq!(lines(b"\xef\xbb\xbfa\n\nb\n"), expected);
    }

    #[test]
    fn gzip_is_known_by_its_first_bytes_and_may_have_several_members() {
        let packed = [gzip(b"a\n"), gzip(b"b\n")].concat();
        assert_eq!(lines(&packed), [(1, Ok("a".to_owned())), (2, Ok("b".to_owned()))]);
    }

    #[test]
    fn a_line_that_is_not_utf_8_is_told_and_the_next_one_is_read() {
        let lines = lines(b"\xff\nb\n");
        assert!(lines[0].1.as_ref().unwrap_err().starts_with("not UTF-8"));
        assert_eq!(lines[1], (2, Ok("b".to_owned())));
    }

    #[test]
    fn a_line_without_end_is_skipped_and_the_next_one_is_read() {
        let mut content = vec![b'x'; usize::try_from(LONGEST_LINE).unwrap() + 10];
        content.extend_from_slice(b"\nb\n");
        let lines = lines(&content);
        assert!(lines[0].1.is_err());
        assert_eq!(lines[1], (2, Ok("b".to_owned())));
    }

    #[test]
    fn a_cut_off_gzip_file_ends_with_an_error_that_names_the_line() {
        let mut content = Vec::new();
        for number in 0..50_000_u32 {
            content.extend_from_slice(format!("{}\n", number.wrapping_mul(2_654_435_761)).as_bytes());
        }
        let packed = gzip(&content);
        let mut input = of(&packed[..packed.len() / 2]);
        let error = loop {
            match input.next() {
                Ok(line) => assert!(line.is_some(), "the end was taken for a good one"),
                Err(error) => break error,
            }
        };
        assert!(matches!(error, ImportError::Unreadable { line, .. } if line > 0));
    }
}
