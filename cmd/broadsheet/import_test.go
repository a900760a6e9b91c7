package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// audienceExport is a ZIP as Mailchimp exports it: joining readers, of whom some come twice and
// some rows are bad, a tenth of them who have left, and a twentieth whose mail came back.
func audienceExport(t *testing.T, joining int) (file string, left, cleaned int) {
	t.Helper()
	left, cleaned = joining/10, joining/20
	list := func(kind string, n int, column, value string) string {
		var b strings.Builder
		b.WriteString("Email Address,First Name,MEMBER_RATING,OPTIN_TIME,OPTIN_IP," + column + ",LEID,EUID\n")
		for i := range n {
			fmt.Fprintf(&b, "%s%06d@%s.example,Reader %d,2,2018-02-12 10:54:27,192.0.2.1,%s,%d,x\n", kind, i, canary, i, value, i)
			switch {
			case i%1000 == 7:
				fmt.Fprintf(&b, "%s%06d.%s.example,Bad,2,,,%s,%d,x\n", kind, i, canary, value, i)
			case i%1000 == 9:
				fmt.Fprintf(&b, "%s%06d@%s.EXAMPLE,Again,2,,,%s,%d,x\n", kind, i/2, canary, value, i)
			}
		}
		return b.String()
	}
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	for name, text := range map[string]string{
		"a/subscribed_email_audience_export_1.csv":   list("r", joining, "LAST_CHANGED", "2018-02-12 10:54:27"),
		"a/unsubscribed_email_audience_export_1.csv": list("u", left, "UNSUB_TIME", "2018-02-12 10:54:27"),
		"a/cleaned_email_audience_export_1.csv":      list("c", cleaned, "CLEAN_TIME", "2018-02-12 10:54:27"),
	} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(t.TempDir(), "audience_export.zip")
	if err := os.WriteFile(file, packed.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return file, left, cleaned
}

// imported is what import --json ends with.
type imported struct {
	Rows, Added, Existing, Left, Suppressed, Duplicates, Unconfirmed int
	LeftThere                                                        int `json:"left_there"`
	BarredThere                                                      int `json:"barred_there"`
	BadRows                                                          int `json:"bad_rows"`
}

func (r *room) takeIn(file string) imported {
	r.t.Helper()
	code, out, errs := r.run("subscribers", "import", file, "--basis", "moved", "--json")
	var i imported
	if err := json.Unmarshal([]byte(out), &i); err != nil {
		r.t.Fatalf("exit code %d: %v\n%s%s", code, err, out, errs)
	}
	sum := i.Added + i.Existing + i.Left + i.Suppressed + i.Duplicates + i.LeftThere + i.BarredThere + i.Unconfirmed + i.BadRows
	if sum != i.Rows {
		r.t.Errorf("%d rows, but the parts are %d: %+v", i.Rows, sum, i)
	}
	return i
}

// list is who stands how in a newsroom.
func (r *room) list() string {
	r.t.Helper()
	lines := strings.Split(r.must("subscribers", "export", "--left"), "\n")
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// TestKillImport kills the import of a ZIP at random moments, and runs it again: the
// list is the one that an import leaves which nobody stopped.
func TestKillImport(t *testing.T) {
	ears := hearNoReader(t)
	const joining = 70_000 // and 10,500 others: two batches
	file, left, cleaned := audienceExport(t, joining)
	before := func() *room {
		r := newRoom(t, ears, "127.0.0.1:25", 0)
		r.must("subscribers", "add", "r000001@"+canary+".example")
		r.must("subscribers", "remove", "r000001@"+canary+".example")
		r.must("subscribers", "remove", "r000002@"+canary+".example", "--suppress")
		r.must("subscribers", "add", "u000003@"+canary+".example") // at another place they have left
		return r
	}
	whole := before()
	begun := time.Now()
	i := whole.takeIn(file)
	took := time.Since(begun)
	if i.Added != joining-2 || i.Left != 1 || i.Suppressed != 1 || i.LeftThere < left || i.BarredThere < cleaned || i.BadRows != joining/1000+left/1000+(cleaned+999)/1000 {
		t.Errorf("%+v", i)
	}
	want := whole.list()
	if n := strings.Count(want, ",unsubscribed"); n != left { // but u000003, and r000001 with them
		t.Errorf("%d have left, want %d", n, left)
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d; it takes %v", seed, took)
	random := rand.New(rand.NewPCG(seed, 0))
	for range trials(t) {
		r := before()
		for range 1 + random.IntN(3) {
			c, out := r.start("subscribers", "import", file, "--basis", "moved")
			timer := time.AfterFunc(time.Duration(random.Int64N(int64(took))), func() { _ = c.Process.Kill() })
			_ = c.Wait()
			timer.Stop()
			if c.ProcessState.Exited() && c.ProcessState.ExitCode() != Incomplete {
				t.Fatalf("exit code %d\n%s", c.ProcessState.ExitCode(), out)
			}
			t.Logf("killed with %s on the list", strings.Join(strings.Fields(r.must("subscribers", "count", "--json")), ""))
		}
		again := r.takeIn(file)
		if again.Added+again.Existing != i.Added || again.Left != i.Left || again.Suppressed != i.Suppressed || again.Duplicates != i.Duplicates {
			t.Errorf("%+v, and without a kill %+v", again, i)
		}
		if got := r.list(); got != want {
			t.Errorf("another list: %d bytes, want %d", len(got), len(want))
		}
		var came strings.Builder
		came.WriteString("email\n")
		for k := range cleaned {
			fmt.Fprintf(&came, "c%06d@%s.example\n", k, canary)
		}
		plain := filepath.Join(t.TempDir(), "came.csv")
		if err := os.WriteFile(plain, []byte(came.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		if back := r.takeIn(plain); back.Suppressed != cleaned {
			t.Errorf("of those whose mail came back %d are suppressed, want %d", back.Suppressed, cleaned)
		}
	}
}
