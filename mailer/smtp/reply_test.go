package smtp

import (
	"bufio"
	"errors"
	"io"
	"strings"
	"testing"
)

func TestReadReply(t *testing.T) {
	good := func(in string, want reply) {
		t.Helper()
		got, err := readReply(bufio.NewReader(strings.NewReader(in)), false)
		if err != nil || got != want {
			t.Errorf("%q: got %+v, %v; want %+v", in, got, err, want)
		}
	}
	bad := func(in string, want error) {
		t.Helper()
		if got, err := readReply(bufio.NewReader(strings.NewReader(in)), false); !errors.Is(err, want) {
			t.Errorf("%q: got %+v, %v; want %v", in, got, err, want)
		}
	}
	good("250 ok\r\n", reply{250, "", "ok"})
	good("250\r\n", reply{250, "", ""})
	good("250 \n", reply{250, "", ""})
	good("250 2.1.0 sender ok\r\n", reply{250, "2.1.0", "sender ok"})
	good("550-5.1.1 no such user\r\n550 5.1.1 see our page\r\n", reply{550, "5.1.1", "no such user see our page"})
	good("250-one\r\n250-\r\n250 three\r\n", reply{250, "", "one three"})
	good("550 4.1.1 classes differ\r\n", reply{550, "", "4.1.1 classes differ"})
	good("550 5.1.1234 too long\r\n", reply{550, "", "5.1.1234 too long"})
	good("250-2.0.0 changed its mind\r\n451 4.3.0 no\r\n", reply{451, "", "changed its mind no"})
	bad("", io.EOF)
	bad("250 ok", io.EOF)
	bad("250-ok\r\n", io.EOF)
	bad("25\r\n", errGarbage)
	bad("\r\n", errGarbage)
	bad("hello\r\n", errGarbage)
	bad("250_ok\r\n", errGarbage)
	bad("100 ok\r\n", errGarbage)
	bad("600 ok\r\n", errGarbage)
	bad("250 "+strings.Repeat("x", maxReplyLine)+"\r\n", errGarbage)
	bad("250 "+strings.Repeat("x", 10_000), errGarbage)
	bad(strings.Repeat("250-x\r\n", maxReplyLines)+"250 x\r\n", errGarbage)
}

func FuzzReadReply(f *testing.F) {
	for _, seed := range []string{
		"250 ok\r\n", "550-5.1.1 a\r\n550 5.1.1 b\r\n", "25", "250-\r\n", "421 4.3.2 \x00\xff\r\n", "354\n",
		"550 5.1.1 <jane.doe@reader.example>: unknown\r\n", "250 2.0.0 Ok: queued as 4F1A\r\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		r, err := readReply(bufio.NewReader(strings.NewReader(string(in))), false)
		if err != nil {
			if r != (reply{}) {
				t.Fatalf("an error and a reply: %+v", r)
			}
			return
		}
		if r.code < 200 || r.code > 599 {
			t.Fatalf("code %d", r.code)
		}
		if r.enhanced != "" && int(r.enhanced[0]-'0') != r.code/100 {
			t.Fatalf("code %d with %s", r.code, r.enhanced)
		}
		if r.code >= 400 {
			switch class := classify(StageRcpt, r); class {
			case OutcomeDeferred, OutcomeRejected, OutcomeRefused:
			default:
				t.Fatalf("class %q", class)
			}
		}
		text := scrub(r.text, "jane.doe@reader.example")
		low := strings.ToLower(text)
		if strings.Contains(low, "jane.doe") || strings.Contains(low, "reader.example") || strings.Contains(text, "@") ||
			len(text) > maxText || strings.ContainsAny(text, "\r\n\x00") {
			t.Fatalf("not scrubbed: %q", text)
		}
		if id := relayID(r.text); strings.Contains(id, "@") || len(id) > 128 {
			t.Fatalf("id %q", id)
		}
	})
}
