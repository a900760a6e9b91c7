package subscribers

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzReadFile reads whatever comes: it ends, gives clean rows alone, and repeats no
// cell in an error.
func FuzzReadFile(f *testing.F) {
	names, err := filepath.Glob("testdata/exports/*")
	if err != nil || len(names) == 0 {
		f.Fatal(err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
		f.Add([]byte(gzipped(f, string(text))))
	}
	f.Add([]byte(zipped(f, mailchimp(f))))
	f.Add([]byte(`[{"email":"a@x.org","a":{"b":["}"]}},` + "\n" + `{"email":"b\u0000@x.org"}]`))
	f.Add([]byte("{\"email\":\"a@x.org\"}\n{\"email\":}\n"))
	f.Fuzz(readsAnything)
}

// FuzzReadZIP puts what comes into a ZIP, under a name that comes too, and breaks the ZIP
// at one place: random bytes alone hardly ever pass its sums.
func FuzzReadZIP(f *testing.F) {
	f.Add("subscribed_1.csv", []byte("email\na@x.org\n"), -1, byte(0))
	f.Add("../../a/cleaned_1.csv", []byte("Email Address,CLEAN_TIME\na@x.org,1\n"), 30, byte(0xff))
	f.Add("email_list.x.csv", []byte("email,email_disabled\na@x.org,true\n"), 60, byte(1))
	f.Add("a.jsonl", []byte("{\"email\":\"a@x.org\"}\n"), 8, byte(99))
	f.Fuzz(func(t *testing.T, name string, text []byte, at int, with byte) {
		file := []byte(zipped(t, map[string]string{name: string(text)}))
		if at >= 0 {
			file[at%len(file)] ^= with
		}
		readsAnything(t, file)
	})
}

func readsAnything(t *testing.T, file []byte) {
	rows := 0
	for row, err := range ReadFile(bytes.NewReader(file), FileOptions{Layout: func(l Layout) {
		for _, u := range l.Columns {
			if strings.Contains(u.Name, "@") {
				t.Fatalf("a name of a column that may be an address is shown: %q", u.Name)
			}
		}
	}}) {
		bad, isBad := errors.AsType[*Bad](err)
		switch {
		case isBad:
			if bad.Was.Address != "" && strings.Contains(bad.Was.Address, "@") && strings.Contains(err.Error(), bad.Was.Address) && len(bad.Was.Address) > 3 {
				t.Fatalf("an error repeats an address: %v", err)
			}
		case err != nil:
			return
		default:
			if row.Name != CleanName(row.Name) || row.Address.Normal == "" || gravity[row.Standing] == 0 && row.Standing != Reads {
				t.Fatalf("a row that is not clean: line %d", row.Line)
			}
			if again, err := ParseAddress(row.Address.Typed); err != nil || again != row.Address {
				t.Fatalf("line %d: an address that does not stay itself", row.Line)
			}
		}
		if rows++; rows > 100_000 {
			return
		}
	}
}
