package subscribers

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"golang.org/x/text/language"
)

// Row is one reader of a file.
type Row struct {
	Line     int // physical line of the file on which the row begins, from 1
	Address  Address
	Name     string   // as CleanName leaves it; may be empty
	Language string   // BCP 47, canonical; empty where the file gives none that is known
	Variant  string   // in lower case; empty where the file gives none
	NoAppeal string   // the day before which they want no appeal for support, 2027-01-22, or ForGood; may be empty
	Paused   string   // the day, or the moment (RFC 3339, UTC), before which they want no mail; may be empty
	Standing Standing // how they stand with the list that the file comes from
}

// Bad is a row that was left out. It is an error that does not end the reading.
type Bad struct {
	File   string `json:"file,omitempty"` // its name in a ZIP
	Line   int    `json:"line"`           // physical line of the file on which the row begins, from 1
	Reason string `json:"reason"`         // a clause for people; it never repeats a cell
	Was    Was    `json:"-"`              // holds what the file says of a reader: it is for no screen and no log
}

// Error is "line 7: its address is refused: it has no @".
func (b *Bad) Error() string {
	if b.File != "" {
		return fmt.Sprintf("%s, line %d: %s", b.File, b.Line, b.Reason)
	}
	return fmt.Sprintf("line %d: %s", b.Line, b.Reason)
}

// Was is a bad row as it was, so that it can be mended.
type Was struct {
	Address, Name, Language, Variant, NoAppeal, Paused, Status string // cells; empty where the row could not be taken apart
	Text                                                       string // the whole row
}

// ForGood is a Row's NoAppeal that has no day.
const ForGood = "for good"

// rowReader gives the next row, a *Bad, io.EOF, or an error of the file.
type rowReader interface{ next() (Row, error) }

// eachRow gives the rows of a reader, and the bad ones, until its end or an error.
func eachRow(open func() (rowReader, error), yield func(Row, error) bool) {
	p, err := open()
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

// rowMaker makes rows of cells. The zero rowMaker is ready.
type rowMaker struct {
	guards bool              // cells may have the apostrophe that WriteCSV sets
	tags   map[string]string // languages that were read already
}

// row makes a row of the cells of columns; fault is why it cannot.
func (m *rowMaker) row(at int, cells []string, columns []Column) (row Row, was Was, fault string) {
	row.Line = at
	var first, last, name string
	for i, cell := range cells[:min(len(cells), len(columns))] {
		if columns[i] == ColumnDropped {
			continue
		}
		if cell = strings.TrimSpace(cell); m.guards {
			cell = unguard(cell)
		}
		switch columns[i] {
		case ColumnAddress:
			was.Address = cell
		case ColumnName:
			name = cell
		case ColumnFirstName:
			first = cell
		case ColumnLastName:
			last = cell
		case ColumnLanguage:
			was.Language = cell
		case ColumnNoAppeal:
			was.NoAppeal = cell
		case ColumnPaused:
			was.Paused = cell
		case ColumnVariant:
			was.Variant = cell
		default:
			standing, why := standingOf(columns[i], cell)
			if fault == "" {
				fault = why
			}
			if columns[i] == ColumnStatus {
				was.Status = cell
			}
			row.Standing = row.Standing.Worse(standing)
		}
	}
	if row.Name = CleanName(unmangled(name)); row.Name == "" && (first != "" || last != "") {
		row.Name = CleanName(unmangled(first) + " " + unmangled(last))
	}
	row.Language, row.NoAppeal, row.Paused = m.language(was.Language), noAppeal(was.NoAppeal), paused(was.Paused)
	row.Variant = strings.ToLower(CleanName(was.Variant))
	if was.Name = row.Name; was.Status == "" {
		was.Status = string(row.Standing)
	}
	var err error
	if row.Address, err = ParseAddress(was.Address); err != nil {
		fault = fmt.Sprintf("its address is refused: %v", err)
	}
	return row, was, fault
}

// language is the canonical BCP 47 tag of a cell; empty for what is none, such as
// "English": a reader is not left out for it, and gets the newsletter's own.
func (m *rowMaker) language(cell string) string {
	if tag, ok := m.tags[cell]; ok || cell == "" {
		return tag
	}
	if len(m.tags) == 1000 || m.tags == nil {
		m.tags = map[string]string{}
	}
	canonical := ""
	if tag, err := language.Parse(strings.TrimSpace(cell)); err == nil && tag != language.Und {
		canonical = tag.String()
	}
	m.tags[strings.Clone(cell)] = canonical
	return canonical
}

// paused is a day, a moment, or empty for what is neither.
func paused(cell string) string {
	if _, err := time.Parse(time.DateOnly, cell); err == nil {
		return cell
	}
	at, err := time.Parse(time.RFC3339, strings.ToUpper(cell))
	if err != nil {
		return ""
	}
	return at.UTC().Format(time.RFC3339)
}

// noAppeal is a day, ForGood, or empty for what is neither.
func noAppeal(cell string) string {
	if cell == "" {
		return ""
	}
	cell = strings.ToLower(strings.TrimSpace(cell))
	if _, err := time.Parse(time.DateOnly, cell); err != nil && cell != ForGood {
		return ""
	}
	return cell
}
