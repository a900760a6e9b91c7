package subscribers

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// jsonAhead is how many objects are looked at to find out what keys there are.
const jsonAhead = 100

// jsonReader makes rows of objects: one a line, or those of an array.
type jsonReader struct {
	objects interface{ next() (line, error) }
	ahead   []line // looked at already
	keys    map[string]Column
	cells   []string // of the object being read; reused
	columns []Column
	maker   rowMaker
}

// startsJSON tells whether a text begins as JSON does.
func (l *lineReader) startsJSON() bool {
	start, _ := l.in.Peek(512)
	start = bytes.TrimLeft(start, " \t\r\n\xef\xbb\xbf")
	return len(start) > 0 && (start[0] == '{' || start[0] == '[')
}

// openJSON finds out what keys the objects have. io.EOF: there is none.
func openJSON(in *lineReader, charset string, tell func(Layout)) (*jsonReader, error) {
	format := "JSON lines"
	p := &jsonReader{objects: in, keys: map[string]Column{}}
	if start, _ := in.in.Peek(512); bytes.HasPrefix(bytes.TrimLeft(start, " \t\r\n"), []byte("[")) {
		format = "JSON"
		p.objects = &arrayReader{in: in.in, line: 1}
	}
	var names []string
	for len(p.ahead) < jsonAhead {
		l, err := p.objects.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		p.ahead = append(p.ahead, l)
		if l.fault == "" {
			_ = eachKey(l.text, func(key, _ string) {
				if _, is := p.keys[key]; !is && len(names) < 1000 {
					p.keys[key] = ColumnDropped
					names = append(names, key)
				}
			})
		}
	}
	if len(p.ahead) == 0 {
		return nil, io.EOF
	}
	columns, address := findColumns(names)
	if address < 0 {
		return nil, fmt.Errorf("none of its objects has a key that is named as one of addresses, such as email%w", errNoAddresses)
	}
	for i, name := range names {
		p.keys[name] = columns[i]
	}
	tell(Layout{Format: format, Charset: charset, Header: true, Columns: uses(names, columns), Program: program(names)})
	return p, nil
}

// next gives the next row, a *Bad, io.EOF, or an error of the file.
func (p *jsonReader) next() (Row, error) {
	for {
		l, err := p.object()
		switch {
		case err != nil:
			return Row{}, err
		case l.fault != "":
			return Row{}, &Bad{Line: l.number, Reason: l.fault, Was: Was{Text: l.text}}
		case strings.TrimSpace(l.text) == "":
			continue
		}
		p.cells, p.columns = p.cells[:0], p.columns[:0]
		if err := eachKey(l.text, p.take); err != nil {
			return Row{}, &Bad{Line: l.number, Reason: err.Error(), Was: Was{Text: l.text}}
		}
		row, was, fault := p.maker.row(l.number, p.cells, p.columns)
		if fault != "" {
			was.Text = l.text
			return Row{}, &Bad{Line: l.number, Reason: fault, Was: was}
		}
		return row, nil
	}
}

func (p *jsonReader) object() (line, error) {
	if len(p.ahead) > 0 {
		l := p.ahead[0]
		p.ahead = p.ahead[1:]
		return l, nil
	}
	return p.objects.next()
}

// take takes a value as a cell. A key that comes late, such as when somebody left, is
// taken where it tells how a reader stands.
func (p *jsonReader) take(key, value string) {
	column, is := p.keys[key]
	if !is {
		if column = columnWords[foldHeader(key)]; !column.tells() {
			column = ColumnDropped
		}
	}
	if column != ColumnDropped {
		p.cells, p.columns = append(p.cells, value), append(p.columns, column)
	}
}

// eachKey calls use with each key of an object whose value is text, a number, true or
// false; what is null, a list or an object itself is empty.
func eachKey(text string, use func(key, value string)) error {
	const broken = "it is not a JSON object: look at its quotes, commas and braces"
	d := json.NewDecoder(strings.NewReader(text))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return errors.New(broken)
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return errors.New(broken)
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return errors.New(broken)
		}
		name, _ := key.(string)
		use(name, plain(value))
	}
	if _, err := d.Token(); err != nil {
		return errors.New(broken)
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("it has something behind the object: put each on a line of its own")
	}
	return nil
}

// plain is a value as the text of a cell.
func plain(value json.RawMessage) string {
	switch value[0] {
	case '"':
		var s string
		_ = json.Unmarshal(value, &s) // was decoded already
		return s
	case '{', '[', 'n':
		return ""
	}
	return string(value)
}

// arrayReader gives the objects of an array, each with the line that it begins on.
type arrayReader struct {
	in     *bufio.Reader
	line   int
	inside bool // behind the bracket that begins the array
	closed bool // and behind the one that ends it
}

func (a *arrayReader) next() (line, error) {
	for !a.closed {
		c, err := a.in.ReadByte()
		if err == io.EOF {
			return line{}, fmt.Errorf("line %d: the JSON array is not closed: the file is cut short", a.line)
		}
		if err != nil {
			return line{}, fmt.Errorf("read the file behind line %d: %w", a.line, err)
		}
		switch {
		case c == '\n':
			a.line++
		case c == ' ' || c == '\t' || c == '\r' || c == ',' && a.inside:
		case c == '[' && !a.inside:
			a.inside = true
		case c == ']' && a.inside:
			a.closed = true
		case c == '{' && a.inside:
			return a.object()
		default:
			return line{}, fmt.Errorf("line %d: the JSON array holds something that is no object: give one object for each reader", a.line)
		}
	}
	return line{}, io.EOF
}

// object reads to the brace that closes the object just begun.
func (a *arrayReader) object() (line, error) {
	l := line{number: a.line}
	text := []byte{'{'}
	depth, quoted := 1, false
	for depth > 0 {
		c, err := a.in.ReadByte()
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		if err != nil || len(text) > maxLine {
			return line{}, fmt.Errorf("line %d: the object that begins here is longer than 64 kB, or not closed", l.number)
		}
		text = append(text, c)
		switch {
		case c == '\n':
			a.line++
		case c == '\\' && quoted:
			if c, err = a.in.ReadByte(); err == nil {
				text = append(text, c)
			}
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{':
			depth++
		case c == '}':
			depth--
		}
	}
	l.text = decodeLine(text)
	return l, nil
}
