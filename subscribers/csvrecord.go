package subscribers

import (
	"io"
	"strings"
)

// The limits of a record. One that goes beyond has lost a quote, most likely.
const (
	maxRecordLines = 100
	maxRecordBytes = maxLine
)

const brokenQuote = "its quotes are broken: one is not closed, or has text behind it"

// record reads the next record into p.cells, and tells the line that it begins on.
// A fault is a reason to leave this record out.
//
// A cell in quotes may go on over line ends, so a quote that someone forgot would
// swallow the rows behind it, up to the next quote or the end of the file. Hence a
// record is taken back to its first line, and reading goes on behind that, when no
// quote closes it within the limits, when the closing quote has text behind it, or
// when a line inside it reads as a row by itself: a cell of many lines hardly ever
// has, on a line of its own, as many separators as the file has and an address in
// just the right place, while a swallowed row always does.
func (p *csvReader) record() (at int, fault string, err error) {
	first, err := p.in.next()
	if err != nil {
		return 0, "", err
	}
	p.raw = first.text
	if first.fault != "" {
		return first.number, first.fault, nil
	}
	p.cells = p.cells[:0]
	open, state := p.split(first.text)
	if state == quoteOpen {
		state, err = p.goOn(open)
	}
	if err != nil {
		return 0, "", err
	}
	if state == quoteBroken {
		return first.number, brokenQuote, nil
	}
	return first.number, "", nil
}

// goOn reads the lines that follow an open quote, until the record is closed. Where
// the quote proves broken it puts them back.
func (p *csvReader) goOn(open string) (quoteState, error) {
	var taken []line
	cell := []byte(open)
	size := len(open)
	for {
		l, err := p.in.next()
		if err != nil && err != io.EOF {
			return quoteBroken, err
		}
		if err == nil {
			taken = append(taken, l)
			size += len(l.text)
		}
		if err == io.EOF || l.fault != "" || len(taken) > maxRecordLines || size > maxRecordBytes || p.readsAsRow(l.text) {
			p.in.unread(taken...)
			return quoteBroken, nil
		}
		cell = append(cell, '\n')
		end := closingQuote(l.text)
		if end < 0 {
			cell = append(cell, l.text...)
			continue
		}
		cell = append(cell, l.text[:end]...)
		p.cells = append(p.cells, unquote(string(cell)))
		open, state := p.splitRest(l.text[end+1:])
		if state == quoteBroken {
			p.in.unread(taken...)
		}
		if state != quoteOpen {
			if state == quoteClosed {
				for _, l := range taken {
					p.raw += "\n" + l.text
				}
			}
			return state, nil
		}
		cell = append(cell[:0], open...)
	}
}

// readsAsRow tells whether a line, cut at every separator, is a row by itself.
func (p *csvReader) readsAsRow(text string) bool {
	if !strings.Contains(text, "@") {
		return false
	}
	cells := strings.Split(text, string(rune(p.comma)))
	if p.columns == nil { // inside the header
		for _, c := range cells {
			if isAddress(c) {
				return true
			}
		}
		return false
	}
	return len(cells) >= len(p.columns) && isAddress(cells[p.address])
}

func isAddress(cell string) bool {
	_, err := ParseAddress(strings.Trim(cell, `" `))
	return err == nil
}

// quoteState is how a line leaves its record.
type quoteState int

const (
	quoteClosed quoteState = iota // the record is whole
	quoteOpen                     // a cell goes on in the next line
	quoteBroken
)

// split appends the cells of a line to p.cells. Where the last one is open it
// gives what there is of it instead.
func (p *csvReader) split(text string) (open string, state quoteState) {
	for {
		start := strings.TrimLeft(text, " ")
		if !strings.HasPrefix(start, `"`) {
			// QUIRK: a quote inside a cell that did not begin with one stands
			// for itself; spreadsheets read it so, RFC 4180 does not allow it.
			end := strings.IndexByte(text, p.comma)
			if end < 0 {
				p.cells = append(p.cells, text)
				return "", quoteClosed
			}
			p.cells = append(p.cells, text[:end])
			text = text[end+1:]
			continue
		}
		start = start[1:]
		end := closingQuote(start)
		if end < 0 {
			return start, quoteOpen
		}
		p.cells = append(p.cells, unquote(start[:end]))
		return p.splitRest(start[end+1:])
	}
}

// splitRest goes on behind a closing quote.
func (p *csvReader) splitRest(rest string) (open string, state quoteState) {
	rest = strings.TrimLeft(rest, " ")
	switch {
	case rest == "":
		return "", quoteClosed
	case rest[0] != p.comma:
		return "", quoteBroken
	}
	return p.split(rest[1:])
}

// closingQuote finds the quote that ends a cell; two in a row stand for one.
func closingQuote(text string) int {
	for from := 0; ; {
		i := strings.IndexByte(text[from:], '"')
		if i < 0 {
			return -1
		}
		i += from
		if i+1 == len(text) || text[i+1] != '"' {
			return i
		}
		from = i + 2
	}
}

func unquote(cell string) string { return strings.ReplaceAll(cell, `""`, `"`) }
