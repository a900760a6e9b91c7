package subscribers

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"

	"golang.org/x/text/language"
)

// Row is one reader of a file.
type Row struct {
	Line     int // physical line of the file on which the row begins, from 1
	Address  Address
	Name     string // as CleanName leaves it; may be empty
	Language string // BCP 47, canonical; empty where the file gives none that is known
	Variant  string // in lower case; empty where the file gives none
	NoAppeal string // the day before which they want no appeal for support, 2027-01-22, or ForGood; may be empty
}

// Bad is a row that was left out. It is an error that does not end the reading.
type Bad struct {
	Line   int    `json:"line"`   // physical line of the file on which the row begins, from 1
	Reason string `json:"reason"` // a clause for people; it never repeats a cell
}

// Error is "line 7: its address is refused: it has no @".
func (b *Bad) Error() string { return fmt.Sprintf("line %d: %s", b.Line, b.Reason) }

// CSVOptions are what a caller knows about a file. The zero value finds out.
type CSVOptions struct {
	Comma   byte         // ',', ';' or '\t'; 0: found out
	Charset string       // WHATWG name of the encoding ("windows-1251"); empty: found out
	Layout  func(Layout) // called once, before the first row, with what was found out; may be nil
}

// Layout is how a file was understood.
type Layout struct {
	Charset string   `json:"charset"` // "UTF-8", "UTF-16LE", "UTF-16BE", or CSVOptions.Charset
	Comma   byte     `json:"-"`       // ',', ';' or '\t'
	Header  bool     `json:"header"`  // the first line names the columns
	Columns []Column `json:"columns"` // what each column is taken for
}

// ReadCSV reads a file of readers, a row at a time, in constant memory. With a nil
// error comes a row; with a *Bad one that was left out; any other error is the
// last thing that comes: the file cannot be read, or no column holds addresses.
//
// What it takes: RFC 4180 with commas, semicolons or tabs, line breaks inside
// quotes, any line ends; a header in any of the spellings of Column, or none where
// there is one column; UTF-8, UTF-16 with its mark, and Windows-1252 for each line
// that is not UTF-8. Columns that it has no use for are dropped unread, and a
// leading apostrophe that WriteCSV set is taken off. Empty lines are no rows. An
// address that comes twice is given twice: whoever stores it has the index.
//
// A row whose quotes are broken costs itself alone: see csvReader.record.
func ReadCSV(r io.Reader, o CSVOptions) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		p, err := openCSV(r, o)
		for err == nil {
			var row Row
			row, err = p.next()
			if err == io.EOF {
				return
			}
			if _, bad := errors.AsType[*Bad](err); err != nil && !bad {
				break
			}
			if !yield(row, err) {
				return
			}
			err = nil
		}
		if err != io.EOF {
			yield(Row{}, err)
		}
	}
}

// csvReader turns lines into rows.
type csvReader struct {
	in      *lineReader
	comma   byte
	columns []Column // nil until the header is read
	address int      // index of the column of addresses
	held    int      // line of the first row, where header has read it into cells; 0: none
	cells   []string // of the record being read; reused
	tags    map[string]string
}

// openCSV finds out encoding, separator and columns. io.EOF: the file is empty.
func openCSV(r io.Reader, o CSVOptions) (*csvReader, error) {
	in, charset, err := openLines(r, o.Charset)
	if err != nil {
		return nil, err
	}
	p := &csvReader{in: in, comma: o.Comma, address: -1, tags: map[string]string{}}
	first, err := p.firstLine()
	if err != nil {
		return nil, err
	}
	if p.comma == 0 {
		p.comma = findComma(first.text)
	}
	header, err := p.header()
	if err != nil {
		return nil, err
	}
	if o.Layout != nil {
		o.Layout(Layout{Charset: charset, Comma: p.comma, Header: header, Columns: p.columns})
	}
	return p, nil
}

// firstLine looks at the first line that is not empty, and leaves it to be read. A
// line "sep=;", with which Excel names its separator, is obeyed and taken out.
func (p *csvReader) firstLine() (line, error) {
	for {
		l, err := p.in.next()
		switch {
		case err != nil:
			return line{}, err
		case l.fault != "":
			return line{}, fmt.Errorf("line %d: %s", l.number, l.fault)
		case strings.TrimSpace(l.text) == "":
			continue
		}
		if sep, ok := strings.CutPrefix(strings.ToLower(l.text), "sep="); ok && len(sep) == 1 && strings.Contains(commas, sep) {
			p.comma = sep[0]
			continue
		}
		p.in.unread(l)
		return l, nil
	}
}

// header reads the first record and learns the columns from it. Where it is no
// header but the first row, it is held for next.
func (p *csvReader) header() (bool, error) {
	at, fault, err := p.record()
	if err != nil {
		return false, err
	}
	if fault != "" {
		return false, fmt.Errorf("line %d: the header cannot be read: %s", at, fault)
	}
	if columns, address := findColumns(p.cells); address >= 0 {
		p.columns, p.address = columns, address
		return true, nil
	}
	filled := -1
	for i, cell := range p.cells {
		switch {
		case strings.TrimSpace(cell) == "":
		case filled >= 0:
			return false, fmt.Errorf(
				"line %d: none of its %d columns is named as one of addresses: add a first line that names them, such as email,name",
				at, len(p.cells))
		default:
			filled = i
		}
	}
	p.columns, p.address = make([]Column, len(p.cells)), max(filled, 0)
	p.columns[p.address] = ColumnAddress
	p.held = at
	return false, nil
}

// next gives the next row, a *Bad, io.EOF, or an error of the file.
func (p *csvReader) next() (Row, error) {
	if at := p.held; at > 0 {
		p.held = 0
		return p.row(at)
	}
	for {
		at, fault, err := p.record()
		switch {
		case err != nil:
			return Row{}, err
		case fault != "":
			return Row{}, &Bad{Line: at, Reason: fault}
		case allEmpty(p.cells):
			continue
		}
		return p.row(at)
	}
}

// row makes a row of the record just read.
func (p *csvReader) row(at int) (Row, error) {
	if len(p.cells) > len(p.columns) && !allEmpty(p.cells[len(p.columns):]) {
		return Row{}, &Bad{Line: at, Reason: fmt.Sprintf(
			"it has %d cells where %d belong: put a cell that holds the separator in quotes", len(p.cells), len(p.columns))}
	}
	row := Row{Line: at}
	var first, last string
	for i, cell := range p.cells[:min(len(p.cells), len(p.columns))] {
		switch p.columns[i] {
		case ColumnName:
			row.Name = CleanName(unguard(cell))
		case ColumnFirstName:
			first = unguard(cell)
		case ColumnLastName:
			last = unguard(cell)
		case ColumnLanguage:
			row.Language = p.language(unguard(cell))
		case ColumnNoAppeal:
			row.NoAppeal = noAppeal(unguard(cell))
		case ColumnVariant:
			row.Variant = strings.ToLower(CleanName(unguard(cell)))
		}
	}
	if row.Name == "" && (first != "" || last != "") {
		row.Name = CleanName(first + " " + last)
	}
	typed := ""
	if p.address < len(p.cells) {
		typed = unguard(p.cells[p.address])
	}
	var err error
	if row.Address, err = ParseAddress(typed); err != nil {
		return Row{}, &Bad{Line: at, Reason: fmt.Sprintf("its address is refused: %v", err)}
	}
	return row, nil
}

// language is the canonical BCP 47 tag of a cell; empty for what is none, such as
// "English": a reader is not left out for it, and gets the newsletter's own.
func (p *csvReader) language(cell string) string {
	if tag, ok := p.tags[cell]; ok || cell == "" {
		return tag
	}
	if len(p.tags) == 1000 {
		clear(p.tags)
	}
	canonical := ""
	if tag, err := language.Parse(strings.TrimSpace(cell)); err == nil && tag != language.Und {
		canonical = tag.String()
	}
	p.tags[strings.Clone(cell)] = canonical
	return canonical
}

// ForGood is a Row's NoAppeal that has no day.
const ForGood = "for good"

// noAppeal is a day, ForGood, or empty for what is neither.
func noAppeal(cell string) string {
	cell = strings.ToLower(strings.TrimSpace(cell))
	if _, err := time.Parse(time.DateOnly, cell); err != nil && cell != ForGood {
		return ""
	}
	return cell
}

func allEmpty(cells []string) bool {
	for _, c := range cells {
		if strings.TrimSpace(c) != "" {
			return false
		}
	}
	return true
}
