package subscribers

import (
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"strings"
)

// WriteCSV writes rows as UTF-8 with commas and a header (email, name, language,
// format, no appeal until), addresses as typed. It stops at the first error, of the rows or of the
// file. Row.Line is not written.
//
// A spreadsheet runs a cell that begins with = + - @, a tab or a carriage return as
// a formula, and a reader chooses their own name. Such a cell gets an apostrophe in
// front, which spreadsheets hide; so does one that begins with apostrophes and then
// such a sign. ReadCSV takes it off again, so nothing is lost on the way.
func WriteCSV(w io.Writer, rows iter.Seq2[Row, error]) error {
	out := csv.NewWriter(w)
	if err := out.Write([]string{"email", "name", "language", "format", "no appeal until"}); err != nil {
		return fmt.Errorf("write the file: %w", err)
	}
	for row, err := range rows {
		if err != nil {
			return err
		}
		record := []string{guard(row.Address.Typed), guard(row.Name), guard(row.Language), guard(row.Variant), guard(row.NoAppeal)}
		if err := out.Write(record); err != nil {
			return fmt.Errorf("write the file: %w", err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write the file: %w", err)
	}
	return nil
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
	return cell != "" && strings.IndexByte("=+-@\t\r", cell[0]) >= 0
}
