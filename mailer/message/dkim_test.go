package message

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"
	"pgregory.net/rapid"
)

// signedAt is when the messages of these tests are signed: not ahead of any clock.
var signedAt = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// drawnRSA is the RSA key of these tests.
var drawnRSA = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// testKey is a key of the kind that its selector says.
func testKey(t testing.TB, selector string) Key {
	t.Helper()
	k := Key{Domain: "harbour-observer.example", Selector: selector}
	switch selector {
	case "rsa":
		private, err := drawnRSA()
		if err != nil {
			t.Fatal(err)
		}
		k.Private = private
	case "ed25519":
		k.Private = ed25519.NewKeyFromSeed([]byte("a seed that only these tests use"))
	default:
		t.Fatalf("no key %q", selector)
	}
	return k
}

func signer(t testing.TB, keys ...Key) *Signer {
	t.Helper()
	s, err := NewSigner(signedAt, keys...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// zone answers for the DNS with the keys' own records.
func zone(t testing.TB, keys ...Key) func(string) ([]string, error) {
	t.Helper()
	records := map[string]string{}
	for _, k := range keys {
		r, err := k.Record()
		if err != nil {
			t.Fatal(err)
		}
		records[k.RecordName()] = r
	}
	return func(name string) ([]string, error) {
		if r, ok := records[name]; ok {
			return []string{r}, nil
		}
		return nil, fmt.Errorf("no record at %s", name)
	}
}

// faults are what go-msgauth has against the signatures of a message.
func faults(msg []byte, lookup func(string) ([]string, error), want int) error {
	found, err := dkim.VerifyWithOptions(bytes.NewReader(msg), &dkim.VerifyOptions{LookupTXT: lookup})
	if err != nil {
		return err
	}
	if len(found) != want {
		return fmt.Errorf("%d signatures, want %d", len(found), want)
	}
	for _, v := range found {
		if v.Err != nil {
			return fmt.Errorf("d=%s: %w", v.Domain, v.Err)
		}
		if !v.Time.Equal(signedAt) {
			return fmt.Errorf("t=%s, want %s", v.Time, signedAt)
		}
	}
	return nil
}

// scripts are the messages of the tests, in three scripts.
func scripts(t testing.TB) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	for script, c := range map[string]struct{ from, subject, name string }{
		"english": {"The Harbour Observer", "The ferry is back, and three more stories", "Anna Doe"},
		"russian": {"Портовый обозреватель", "Паром вернулся, и ещё три истории для вас на этой неделе", "Анна Сёренсен-Длиннофамильная из Санкт-Петербурга"},
		"arabic":  {"مراقب الميناء", "عادت العبّارة، وثلاث قصص أخرى لهذا الأسبوع", "بدر الدين عبد الرحمن بن محمد"},
	} {
		tmpl, r := sample(), anna
		tmpl.From.Name, tmpl.Subject, tmpl.ListID.Phrase, r.Name = c.from, c.subject, c.from, c.name
		tmpl.Text = c.subject + "\n\n\t" + strings.Repeat(c.name+"  ", 9) + "\n\n" + tmpl.Text + "\n \n"
		tmpl.Date = signedAt
		all[script] = spliced(t, tmpl, r)
	}
	all["letter"] = spliced(t, letter(), anna)
	all["pictures"] = spliced(t, withPictures(sample(), bytes.Repeat([]byte{0, 0xff, '\n', '.'}, 999), []byte("\x89PNG")), anna)
	return all
}

func TestSign(t *testing.T) {
	one, two := testKey(t, "rsa"), testKey(t, "ed25519")
	for name, keys := range map[string][]Key{"rsa": {one}, "ed25519": {two}, "both": {one, two}} {
		s := signer(t, keys...)
		for script, msg := range scripts(t) {
			t.Run(name+"/"+script, func(t *testing.T) {
				got, err := s.Sign([]byte("before"), msg)
				if err != nil {
					t.Fatal(err)
				}
				got = bytes.TrimPrefix(got, []byte("before"))
				if err := faults(got, zone(t, keys...), len(keys)); err != nil {
					t.Errorf("%v:\n%s", err, got)
				}
				if !bytes.HasSuffix(got, msg) {
					t.Error("the message itself was changed")
				}
				checkFields(t, got[:len(got)-len(msg)], len(keys))
				again, err := signer(t, keys...).Sign(nil, msg)
				if err != nil || !bytes.Equal(again, got) {
					t.Errorf("signed again, it has other octets (%v)", err)
				}
			})
		}
	}
}

// checkFields holds the signatures' own fields to their form.
func checkFields(t *testing.T, fields []byte, want int) {
	t.Helper()
	text := string(fields)
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\r\n"), "\r\n") {
		if len(line) > 78 || strings.TrimSpace(line) == "" || strings.ContainsAny(line, "\r\n") {
			t.Errorf("the line %q of %d characters", line, len(line))
		}
	}
	if n := strings.Count(text, "DKIM-Signature: v=1; a="); n != want {
		t.Errorf("%d fields, want %d:\n%s", n, want, text)
	}
	if regexp.MustCompile(`[; ]l=`).MatchString(text) {
		t.Errorf("a tag l= lets text be appended:\n%s", text)
	}
}

// TestSignFolds lets the domain and the selector grow until each line has been at,
// below and above its limit.
func TestSignFolds(t *testing.T) {
	k := testKey(t, "ed25519")
	msg := scripts(t)["english"]
	for n := 1; n <= 63; n++ {
		k.Domain = strings.Repeat("d", n) + ".example"
		k.Selector = strings.Repeat("S", 64-n)
		got, err := signer(t, k).Sign(nil, msg)
		if err != nil {
			t.Fatal(err)
		}
		if err := faults(got, func(string) ([]string, error) { return zone(t, k)(k.RecordName()) }, 1); err != nil {
			t.Fatalf("%d: %v:\n%s", n, err, got)
		}
		checkFields(t, got[:len(got)-len(msg)], 1)
	}
}

// TestSignRefusesChange: whatever is changed, added or taken away on the way, the
// signature says so.
func TestSignRefusesChange(t *testing.T) {
	k := testKey(t, "ed25519")
	msg := string(scripts(t)["english"])
	signed, err := signer(t, k).Sign(nil, []byte(msg))
	if err != nil {
		t.Fatal(err)
	}
	text := string(signed)
	var changes []string
	for _, name := range []string{
		"From", "To", "Cc", "Subject", "Date", "Message-ID", "Reply-To", "List-Unsubscribe", "List-Unsubscribe-Post",
		"Content-Type", "MIME-Version",
	} {
		changes = append(changes, name+": another\r\n"+text, strings.Replace(text, "\r\n\r\n", "\r\n"+name+": another\r\n\r\n", 1))
	}
	for _, name := range []string{
		"Date", "From", "Reply-To", "To", "Message-ID", "Subject", "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post",
		"List-Archive", "List-Help", "Feedback-ID", "MIME-Version", "Content-Type",
	} {
		at := strings.Index(text, "\r\n"+name+":")
		if at < 0 {
			t.Fatalf("the message has no %s", name)
		}
		at += len("\r\n" + name + ":")
		changes = append(changes, text[:at]+" x"+text[at:])
	}
	changes = append(changes, text+"x\r\n", strings.Replace(text, "gulls", "gul ls", 1), strings.Replace(text, "t=17", "t=16", 1))
	for i, changed := range changes {
		if changed == text {
			t.Errorf("change %d changed nothing", i)
		}
		if faults([]byte(changed), zone(t, k), 1) == nil {
			t.Errorf("change %d was not noticed:\n%s", i, changed)
		}
	}
	// What relays do on the way is no change.
	for _, same := range []string{
		"Received: by relay\r\nX-Spam: no\r\n" + text, text + "\r\n\r\n",
		strings.Replace(text, "\r\nSubject: ", "\r\nsubject :\t", 1), strings.Replace(text, "The ferry is", "The  ferry\r\n\tis", 1),
	} {
		if err := faults([]byte(same), zone(t, k), 1); err != nil {
			t.Errorf("%v:\n%s", err, same)
		}
	}
}

// TestSignAnything signs messages of random white space, and holds them to another
// verifier's opinion.
func TestSignAnything(t *testing.T) {
	k := testKey(t, "ed25519")
	s, lookup := signer(t, k), zone(t, k)
	value := rapid.StringMatching(`[a-z \t:;=é]{0,30}[a-z]`)
	line := rapid.StringMatching(`[a-z \t=]{0,12}`)
	name := rapid.SampledFrom([]string{"To", "to", "Cc", "Subject", "SUBJECT", "List-Id", "X-Note", "Sender", "List-Unsubscribe"})
	rapid.Check(t, func(t *rapid.T) {
		msg := "From: Anna <anna@harbour-observer.example>\r\n"
		for range rapid.IntRange(0, 8).Draw(t, "fields") {
			msg += name.Draw(t, "name") + rapid.SampledFrom([]string{":", ": ", " : "}).Draw(t, "colon") +
				strings.Join(rapid.SliceOfN(value, 1, 3).Draw(t, "value"), "\r\n ") + "\r\n"
		}
		msg += "\r\n" + strings.Join(rapid.SliceOf(line).Draw(t, "body"), "\r\n") + "\r\n"
		got, err := s.Sign(nil, []byte(msg))
		if err != nil {
			t.Fatal(err)
		}
		if err := faults(got, lookup, 1); err != nil {
			t.Fatalf("%v:\n%q", err, got)
		}
	})
}

// TestSignAtOnce: one Signer, many goroutines.
func TestSignAtOnce(t *testing.T) {
	keys := []Key{testKey(t, "rsa"), testKey(t, "ed25519")}
	s := signer(t, keys...)
	all := scripts(t)
	var done sync.WaitGroup
	for range 4 {
		done.Go(func() {
			for script, msg := range all {
				got, err := s.Sign(nil, msg)
				if err == nil {
					err = faults(got, zone(t, keys...), 2)
				}
				if err != nil {
					t.Errorf("%s: %v", script, err)
				}
			}
		})
	}
	done.Wait()
}

func TestSignRefuses(t *testing.T) {
	s := signer(t, testKey(t, "ed25519"))
	for _, msg := range []string{
		"", "From: a@b.example\r\n", "To: a@b.example\r\n\r\nx\r\n",
		"From: a@b.example\r\nFrom: a@b.example\r\n\r\nx\r\n",
		"From: a@b.example\nTo: b\r\n\r\nx\r\n", "From: a@b.example\r\n\r\nx\ny\r\n", "From: a@b.example\r\n\r\nx\r\n\n",
		"From: a@b.example\r\n\r\nx\r \r\n", "From: a@b.example\r\nno field\r\n\r\nx\r\n", " From: a@b.example\r\n\r\nx\r\n",
		"From: a@b.example\r\n\r\nx\ry\n", "From: a@b.example\r\n\r\nx\r\n\n\r",
	} {
		if got, err := s.Sign([]byte("before"), []byte(msg)); err == nil || string(got) != "before" {
			t.Errorf("%q: %q, %v", msg, got, err)
		}
	}
}

// TestSignedFields: a field that the message has not got is named only where one must
// not be added.
func TestSignedFields(t *testing.T) {
	k := testKey(t, "ed25519")
	for script, want := range map[string]string{
		"english": "From:From:To:To:Cc:Reply-To:Reply-To:Subject:Subject:Date:Date:" +
			"Message-ID:Message-ID:MIME-Version:MIME-Version:Content-Type:Content-Type:" +
			"List-Unsubscribe:List-Unsubscribe:List-Unsubscribe-Post:List-Unsubscribe-Post:" +
			"List-Id:List-Help:List-Post:List-Archive:Feedback-ID",
		"letter": "From:From:To:To:Cc:Reply-To:Subject:Subject:Date:Date:" +
			"Message-ID:Message-ID:MIME-Version:MIME-Version:Content-Type:Content-Type:Content-Transfer-Encoding:" +
			"List-Unsubscribe:List-Unsubscribe-Post:Auto-Submitted",
	} {
		got, err := signer(t, k).Sign(nil, scripts(t)[script])
		if err != nil {
			t.Fatal(err)
		}
		_, list, _ := strings.Cut(string(got), " h=")
		list, _, _ = strings.Cut(list, ";")
		names := strings.FieldsFunc(list, func(c rune) bool { return strings.ContainsRune(": \r\n", c) })
		if !slices.Equal(names, strings.Split(want, ":")) {
			t.Errorf("%s: %s\nwant %s", script, strings.Join(names, ":"), want)
		}
	}
}
