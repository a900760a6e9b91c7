package subscribers

import (
	"fmt"
	"slices"
	"strings"
)

// errNoAddresses marks the error of a file without a column of addresses; it says
// nothing by itself.
var errNoAddresses = noText("no addresses")

type noText string

func (noText) Error() string { return "" }

// csvReader turns lines into rows.
type csvReader struct {
	in      *lineReader
	comma   byte
	columns []Column // nil until the header is read
	address int      // index of the column of addresses
	held    int      // line of the first row, where header has read it into cells; 0: none
	cells   []string // of the record being read; reused
	raw     string   // the record being read, as the file has it
	names   []string // of the columns, as the header has them
	maker   rowMaker
}

// openCSV finds out columns and, where comma is 0, the separator. tell, which may be nil,
// is called with what was found out. io.EOF: the file is empty.
func openCSV(in *lineReader, charset string, comma byte, tell func(Layout)) (*csvReader, error) {
	p := &csvReader{in: in, comma: comma, address: -1, maker: rowMaker{guards: true}}
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
	if tell != nil {
		l := Layout{Format: "CSV", Charset: charset, Comma: p.comma, Header: header, Columns: uses(p.names, p.columns), Program: program(p.names)}
		if p.comma == '\t' {
			l.Format = "TSV"
		}
		tell(l)
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
		p.names = slices.Clone(p.cells)
		return true, nil
	}
	filled := -1
	for i, cell := range p.cells {
		switch {
		case strings.TrimSpace(cell) == "":
		case filled >= 0:
			return false, fmt.Errorf(
				"line %d: none of its %d columns is named as one of addresses: add a first line that names them, such as email,name%w",
				at, len(p.cells), errNoAddresses)
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
			return Row{}, &Bad{Line: at, Reason: fault, Was: Was{Text: p.raw}}
		case allEmpty(p.cells):
			continue
		}
		return p.row(at)
	}
}

// row makes a row of the record just read.
func (p *csvReader) row(at int) (Row, error) {
	row, was, fault := p.maker.row(at, p.cells, p.columns)
	if len(p.cells) > len(p.columns) && !allEmpty(p.cells[len(p.columns):]) {
		fault = fmt.Sprintf("it has %d cells where %d belong: put a cell that holds the separator in quotes", len(p.cells), len(p.columns))
	}
	if fault != "" {
		was.Text = p.raw
		return Row{}, &Bad{Line: at, Reason: fault, Was: was}
	}
	return row, nil
}

func allEmpty(cells []string) bool {
	for _, c := range cells {
		if strings.TrimSpace(c) != "" {
			return false
		}
	}
	return true
}
