package subscribers

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var goodAddresses = []struct{ name, typed, want, normal string }{
	{"plain", "ann@example.org", "ann@example.org", "ann@example.org"},
	{"case kept for sending", "Ann.Lee@Example.ORG", "Ann.Lee@example.org", "ann.lee@example.org"},
	{"every sign of an atom", "!#$%&'*+-/=?^_`{|}~@example.org", "!#$%&'*+-/=?^_`{|}~@example.org", "!#$%&'*+-/=?^_`{|}~@example.org"},
	{"subaddress is kept", "ann+news@example.org", "ann+news@example.org", "ann+news@example.org"},
	{"spaces around", "  ann@example.org\t", "ann@example.org", "ann@example.org"},
	{"no-break and zero-width spaces around", "\u00a0\ufeffann@example.org\u200b", "ann@example.org", "ann@example.org"},
	{"angle brackets", "<ann@example.org>", "ann@example.org", "ann@example.org"},
	{"mailto", "MailTo:ann@example.org?subject=hi", "ann@example.org", "ann@example.org"},
	{"mailto, escaped", "<mailto:ann%2Bnews@example.org>", "ann+news@example.org", "ann+news@example.org"},
	{"internationalised domain", "ann@Bücher.example", "ann@xn--bcher-kva.example", "ann@xn--bcher-kva.example"},
	{"the same, in A-labels", "ann@XN--BCHER-KVA.example", "ann@xn--bcher-kva.example", "ann@xn--bcher-kva.example"},
	{"Cyrillic domain", "ann@почта.рф", "ann@xn--80a1acny.xn--p1ai", "ann@xn--80a1acny.xn--p1ai"},
	{"sharp s is not ss", "ann@faß.de", "ann@xn--fa-hia.de", "ann@xn--fa-hia.de"},
	{"ideographic dot", "ann@例え。テスト", "ann@xn--r8jz45g.xn--zckzah", "ann@xn--r8jz45g.xn--zckzah"},
	{"hyphens in the middle", "ann@r3---sn.example.org", "ann@r3---sn.example.org", "ann@r3---sn.example.org"},
	{"longest local part", strings.Repeat("a", 64) + "@example.org", strings.Repeat("a", 64) + "@example.org", strings.Repeat("a", 64) + "@example.org"},
}

var badAddresses = []struct{ name, typed, reason string }{
	{"empty", " ", "it is empty"},
	{"no at", "ann.example.org", "it has no @"},
	{"nothing before", "@example.org", "it has nothing before the @"},
	{"nothing behind", "ann@", "it has nothing after the @"},
	{"two at", "ann@b@example.org", "it has more than one @"},
	{"several", "ann@example.org, bob@example.org", "it holds several addresses: give each a row of its own"},
	{"several by semicolon", "ann@example.org;bob@example.org", "it holds several addresses: give each a row of its own"},
	{"name", "Ann <ann@example.org>", "it has a name or angle brackets around the address: give the address alone"},
	{"open bracket", "<ann@example.org", "its angle bracket is not closed"},
	{"quoted", `"ann lee"@example.org`, "it has a quoted part before the @, which many mail servers refuse"},
	{"space", "ann lee@example.org", "it has a space inside"},
	{"line break", "ann@example.org\r\nBcc: x", "it has a line break"},
	{"line break at the end", "ann@example.org\n", "it has a line break"},
	{"escaped line break", "mailto:ann@example.org%0d%0aBcc:x", "it has a line break"},
	{"line separator", "ann@example.org\u2028", "it has a line break"},
	{"control character", "ann\x00@example.org", "it has a control character"},
	{"zero width inside", "an\u200bn@example.org", "it has an invisible character inside"},
	{"not UTF-8", "ann\xff@example.org", "it is not text in UTF-8"},
	{"first dot", ".ann@example.org", "it has a dot at the start or the end of the part before the @"},
	{"last dot", "ann.@example.org", "it has a dot at the start or the end of the part before the @"},
	{"two dots", "ann..lee@example.org", "it has two dots in a row before the @"},
	{"long local part", strings.Repeat("a", 65) + "@example.org", "it has more than 64 characters before the @"},
	{"foreign local part", "жанна@example.org", "it has letters outside ASCII before the @, which most mail servers cannot take"},
	{"sign in local part", "ann(x)@example.org", "it has a character before the @ that no address may have there"},
	{"no dot", "ann@localhost", "its domain has no dot"},
	{"last dot of domain", "ann@example.org.", "its domain has a dot too many"},
	{"two dots in domain", "ann@example..org", "its domain has a dot too many"},
	{"hyphen at an end", "ann@-example.org", "its domain has a hyphen beside a dot or an end"},
	{"underscore", "ann@ex_ample.org", "its domain has a character that no domain name may have"},
	{"long label", "ann@" + strings.Repeat("d", 64) + ".org", "its domain has a part longer than 63 characters"},
	{"number", "ann@192.0.2.1", "its domain ends in a number: a domain name is needed"},
	{"literal", "ann@[192.0.2.1]", "it has a number in brackets after the @: a domain name is needed"},
	{"broken punycode", "ann@xn--zz--.org", "its domain is not a valid internationalised name"},
	{"too long in all", strings.Repeat("a", 64) + "@" + strings.Repeat(strings.Repeat("d", 60)+".", 3) + "example.org", "it is longer than 254 characters"},
	{"broken escape", "mailto:ann%zz@example.org", "its mailto: link has a broken escape"},
}

func TestParseAddress(t *testing.T) {
	for _, c := range goodAddresses {
		t.Run("good/"+c.name, func(t *testing.T) {
			got, err := ParseAddress(c.typed)
			if err != nil || got.Typed != c.want || got.Normal != c.normal {
				t.Errorf("got %q, %q, %v; want %q, %q", got.Typed, got.Normal, err, c.want, c.normal)
			}
		})
	}
	for _, c := range badAddresses {
		t.Run("bad/"+c.name, func(t *testing.T) {
			got, err := ParseAddress(c.typed)
			if err == nil || err.Error() != c.reason {
				t.Errorf("got %q, %v; want the reason %q", got.Typed, err, c.reason)
			}
		})
	}
}

func TestAddressIsNotPrinted(t *testing.T) {
	a := mustAddress(t, "secret@example.org")
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "address", a, "row", Row{Address: a})
	printed := log.String() + fmt.Sprint(a) + fmt.Sprintf("%v %+v %#v %s %q %+v", a, a, a, a, a, Row{Address: a})
	if strings.Contains(printed, "secret") {
		t.Errorf("an address was printed: %s", printed)
	}
	if got := a.Domain(); got != "example.org" {
		t.Errorf("Domain() = %q", got)
	}
}

func TestCleanName(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"Ann Lee", "Ann Lee"},
		{"  Ann \t Lee ", "Ann Lee"},
		{"Ann\r\nBcc: bob", "Ann Bcc: bob"},
		{"Ann\x00\x1b[31mLee", "Ann [31mLee"},
		{"Ann\u2028Lee\u0085", "Ann Lee"},
		{"Ann\u202eeeL", "AnneeL"},
		{"\ufeffAnn", "Ann"},
		{"Ann\xff", "Ann"},
		{"Ж\u00a0Ж", "Ж Ж"},
		{"👩\u200d🚀", "👩\u200d🚀"},
		{strings.Repeat("ж", 120), strings.Repeat("ж", 100)},
		{strings.Repeat("x", 99) + " yy", strings.Repeat("x", 99)},
		{"\r\n", ""},
	} {
		if got := CleanName(c.in); got != c.want {
			t.Errorf("CleanName(%q) = %q, want %q", c.in, got, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		once := CleanName(rapid.String().Draw(t, "name"))
		if twice := CleanName(once); twice != once {
			t.Fatalf("cleaned twice: %q, once: %q", twice, once)
		}
		if strings.ContainsAny(once, "\r\n\x00\t\u2028\u2029\u0085") || len([]rune(once)) > MaxName {
			t.Fatalf("not clean: %q", once)
		}
	})
}

func FuzzParseAddress(f *testing.F) {
	for _, s := range []string{"ann@example.org", "<mailto:a%2Bb@Bücher.example>", `"a b"@x.org`, "a@b@c", "a@xn--a.b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		a, err := ParseAddress(typed)
		if err != nil {
			if len(err.Error()) > 120 {
				t.Errorf("the reason is long enough to repeat the text: %d bytes", len(err.Error()))
			}
			return
		}
		for _, s := range []string{a.Typed, a.Normal} {
			if len(s) > maxAddress || !isASCII(s) || strings.ContainsAny(s, "\r\n\x00 <>,;\"") || strings.Count(s, "@") != 1 {
				t.Errorf("unsafe address from %q: %q", typed, s)
			}
		}
		for _, s := range []string{a.Typed, a.Normal} {
			again, err := ParseAddress(s)
			if err != nil || again.Normal != a.Normal {
				t.Errorf("%q gave %q, which gives %q, %v", typed, s, again.Normal, err)
			}
		}
	})
}

func mustAddress(t testing.TB, typed string) Address {
	t.Helper()
	a, err := ParseAddress(typed)
	if err != nil {
		t.Fatalf("an address of the test was refused: %v", err)
	}
	return a
}

func TestVisitorName(t *testing.T) {
	for in, want := range map[string]string{
		" Ada  Reader ": "Ada Reader", "J. R. R. Tolkien": "J. R. R. Tolkien", "J.R.R. Tolkien": "J.R.R. Tolkien", "Др. Нет": "Др. Нет", "O'Neill-Smith, Jr.": "O'Neill-Smith, Jr.",
		"Win at evil.example": "", "https://x": "", "WWW.EVIL.RU": "", "пиши на сайт.рф": "", "a@b": "", "ev\u202eil.ex\u202cample": "", "x\r\nevil.example": "", "<b>": "", `\\host`: "",
	} {
		if got := VisitorName(in); got != want {
			t.Errorf("VisitorName(%q) = %q, want %q", in, got, want)
		}
	}
}
