package subscribers

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
)

// head names the columns that WriteCSV and BadWriter write, and ReadFile reads. The
// status comes only where it is asked for.
var head = []string{"email", "name", "language", "format", "no appeal until", "paused until", "status"}

// WriteCSV writes rows as UTF-8 with commas and a header (email, name, language,
// format, no appeal until, paused until, and with standings their status), addresses as
// typed. It stops at the first error, of the rows or of the file. Row.Line is not written.
//
// A spreadsheet runs a cell that begins with = + - @, a tab or a line break as a
// formula (OWASP, CSV Injection), and a reader chooses their own name. Such a cell gets
// an apostrophe in front, which spreadsheets hide; so does one that begins with
// apostrophes and then such a sign. ReadFile takes it off again, so nothing is lost on
// the way.
func WriteCSV(w io.Writer, rows iter.Seq2[Row, error], standings bool) error {
	out := csv.NewWriter(w)
	columns := len(head) - 1
	if standings {
		columns++
	}
	if err := out.Write(head[:columns]); err != nil {
		return fmt.Errorf("write the file: %w", err)
	}
	for row, err := range rows {
		if err != nil {
			return err
		}
		cells := []string{row.Address.Typed, row.Name, row.Language, row.Variant, row.NoAppeal, row.Paused, status(row.Standing)}
		if err := out.Write(guarded(cells[:columns])); err != nil {
			return fmt.Errorf("write the file: %w", err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write the file: %w", err)
	}
	return nil
}

// status is a standing as a word, which no reader needs a key to.
func status(s Standing) string {
	if s == Reads {
		return "subscribed"
	}
	return string(s)
}

// WriteJSON writes rows as WriteCSV does, as one JSON object a line. What is empty is
// left out.
func WriteJSON(w io.Writer, rows iter.Seq2[Row, error], standings bool) error {
	out := bufio.NewWriter(w)
	lines := json.NewEncoder(out)
	lines.SetEscapeHTML(false)
	for row, err := range rows {
		if err != nil {
			return err
		}
		l := struct {
			Email    string `json:"email"`
			Name     string `json:"name,omitempty"`
			Language string `json:"language,omitempty"`
			Format   string `json:"format,omitempty"`
			NoAppeal string `json:"no_appeal_until,omitempty"`
			Paused   string `json:"paused_until,omitempty"`
			Status   string `json:"status,omitempty"`
		}{row.Address.Typed, row.Name, row.Language, row.Variant, row.NoAppeal, row.Paused, ""}
		if standings {
			l.Status = status(row.Standing)
		}
		if err := lines.Encode(l); err != nil {
			return fmt.Errorf("write the file: %w", err)
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write the file: %w", err)
	}
	return nil
}

// BadWriter writes bad rows as CSV, so that they can be mended there and imported
// again: the cells as they were, then file, line and reason, then the whole row. What
// it writes holds addresses.
type BadWriter struct{ out *csv.Writer }

// NewBadWriter writes the header.
func NewBadWriter(w io.Writer) (*BadWriter, error) {
	b := &BadWriter{csv.NewWriter(w)}
	names := append(head[:len(head):len(head)], "file", "line", "reason", "row")
	return b, b.out.Write(names)
}

// Write writes a row.
func (b *BadWriter) Write(bad Bad) error {
	w := bad.Was
	return b.out.Write(guarded([]string{
		w.Address, w.Name, w.Language, w.Variant, w.NoAppeal, w.Paused, w.Status, bad.File, strconv.Itoa(bad.Line), bad.Reason, w.Text,
	}))
}

// Flush writes what is held back.
func (b *BadWriter) Flush() error {
	b.out.Flush()
	return b.out.Error()
}

func guarded(cells []string) []string {
	for i, c := range cells {
		cells[i] = guard(c)
	}
	return cells
}

func guard(cell string) string {
	if formula(cell) {
		return "'" + cell
	}
	return cell
}

func unguard(cell string) string {
	cell = strings.TrimSpace(cell)
	if inner, ok := strings.CutPrefix(cell, "'"); ok && formula(cell) {
		return inner
	}
	return cell
}

// formula tells whether a cell begins, behind any apostrophes, as a formula does.
func formula(cell string) bool {
	cell = strings.TrimLeft(cell, "'")
	return cell != "" && strings.IndexByte("=+-@\t\r\n", cell[0]) >= 0
}
