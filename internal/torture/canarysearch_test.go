package torture

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// search looks for every canary, in every writing, in all files below a folder. It
// names the file and the writing.
func (a *aviary) search(dir string) (hits []string) {
	a.t.Helper()
	files := 0
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		files++
		for _, writing := range found(content, a.birds) {
			hits = append(hits, path+": "+writing)
		}
		return err
	})
	if err != nil || files < 3 {
		a.t.Fatalf("looked at %d files below %s: %v", files, dir, err)
	}
	return hits
}

// found tells in which writings any of some words stands in a content.
func found(content []byte, words []string) (writings []string) {
	// Without case, and with the soft line breaks of quoted-printable taken out.
	lower := bytes.ToLower(content)
	joined := bytes.ReplaceAll(bytes.ReplaceAll(lower, []byte("=\r\n"), nil), []byte("=\n"), nil)
	folded := bytes.ReplaceAll(bytes.ReplaceAll(content, []byte("\r\n"), nil), []byte("\n"), nil) // base64 is cut into lines
	for _, word := range words {
		for writing, needles := range written(word) {
			for _, needle := range needles {
				in := [][]byte{lower, joined}
				if strings.HasPrefix(writing, "base64") {
					in = [][]byte{content, folded}
				}
				if bytes.Contains(in[0], needle) || bytes.Contains(in[1], needle) {
					writings = append(writings, writing)
				}
			}
		}
	}
	slices.Sort(writings)
	return slices.Compact(writings)
}

// written is a word in lower case, and base64 of it in both cases, in every writing.
func written(word string) map[string][][]byte {
	all := map[string][][]byte{}
	add := func(writing string, needle []byte) { all[writing] = append(all[writing], needle) }
	add("plain", []byte(word))
	backwards := []byte(word)
	slices.Reverse(backwards)
	add("reversed", backwards)
	add("hex", []byte(hex.EncodeToString([]byte(word))))
	var le, be, qp []byte
	for _, b := range []byte(word) {
		le, be = append(le, b, 0), append(be, 0, b)
		qp = fmt.Appendf(qp, "=%02x", b)
	}
	add("UTF-16", le)
	add("UTF-16", be)
	add("quoted-printable", qp)
	for _, text := range []string{word, strings.ToUpper(word)} {
		for shift := range 3 {
			// The characters that depend on what stands before and behind are left out.
			coded := base64.StdEncoding.EncodeToString(append(make([]byte, shift), text...))
			coded = strings.TrimRight(coded, "=")
			from, to := (shift*8+5)/6, len(coded)-1
			add("base64", []byte(coded[from:to]))
			add("base64", []byte(strings.NewReplacer("+", "-", "/", "_").Replace(coded[from:to])))
		}
	}
	return all
}

// TestCanarySearch: each writing is found, at each alignment, among other bytes, and
// cut into lines where it would be; and nothing is found where there is nothing.
func TestCanarySearch(t *testing.T) {
	const word = "c0123456789abcdef01234567"
	around := func(text string) []byte { return []byte("xx" + text + "\x00yy") }
	backwards := []byte(word)
	slices.Reverse(backwards)
	utf16 := ""
	for _, r := range strings.ToUpper(word) {
		utf16 += string(r) + "\x00"
	}
	for writing, contents := range map[string][][]byte{
		"plain":    {around(word), around(strings.ToUpper(word)), around(word[:9] + "=\r\n" + word[9:])},
		"reversed": {around(string(backwards))},
		"hex":      {around(hex.EncodeToString([]byte(word))), around(strings.ToUpper(hex.EncodeToString([]byte(word))))},
		"UTF-16":   {around(utf16)},
		"base64": {
			[]byte(base64.StdEncoding.EncodeToString([]byte("a" + word + "bc"))),
			[]byte(base64.URLEncoding.EncodeToString([]byte("ab" + word + "b"))),
			[]byte(base64.RawStdEncoding.EncodeToString([]byte(word)))[1:],
			[]byte(base64.StdEncoding.EncodeToString([]byte("<" + word + "@x>"))[:20] + "\r\n" + base64.StdEncoding.EncodeToString([]byte("<" + word + "@x>"))[20:]),
		},
	} {
		for i, content := range contents {
			got := found(content, []string{word})
			want := slices.Contains(got, writing) || writing == "base64" && i == 2
			if !want {
				t.Errorf("%s, %d: found as %q", writing, i, got)
			}
		}
	}
	if got := found(around(word[1:]), []string{word}); len(got) != 0 {
		t.Errorf("found %q where there is none", got)
	}
}
