package message

import (
	"errors"
	"net/mail"
	"strings"
	"testing"
	"time"
)

// Markers that the tables put where they do not belong.
var (
	name, unsub = marks.Of(FieldName), marks.Of(FieldUnsubscribe)
	stranger    = NewMarkers([]byte("other"))
)

// badTemplates are sample with one thing wrong, and what the error says of it.
var badTemplates = map[string]struct {
	change func(*Template)
	says   string
}{
	"no markers":                   {func(t *Template) { t.Markers = Markers{} }, "markers are missing"},
	"no date":                      {func(t *Template) { t.Date = time.Time{} }, "date is missing"},
	"no subject":                   {func(t *Template) { t.Subject = " " }, "subject is missing"},
	"no text":                      {func(t *Template) { t.Text = "\n" }, "text is missing"},
	"no display name":              {func(t *Template) { t.From.Name = "" }, "display name"},
	"marker in the subject":        {func(t *Template) { t.Subject = "Hello " + name }, "subject: holds a merge field"},
	"marker in the sender":         {func(t *Template) { t.From.Name = name }, "from: holds a merge field"},
	"marker in a header":           {func(t *Template) { t.Headers = []Header{{"X-A", unsub}} }, "merge field"},
	"marker in Anonymous":          {func(t *Template) { t.Anonymous = name }, "anonymous"},
	"unknown marker":               {func(t *Template) { t.Text += marks.family + "0123456789abcdef" }, "does not exist"},
	"half a marker":                {func(t *Template) { t.HTML += name[:len(name)-1] }, "does not exist"},
	"name in a link":               {func(t *Template) { t.HTML += `<a href="https://x.example/` + name + `">` }, "attribute href"},
	"address in an attribute":      {func(t *Template) { t.HTML += `<img alt=` + marks.Of(FieldAddress) + `>` }, "attribute alt"},
	"line break in the subject":    {func(t *Template) { t.Subject = "a\nBcc: all@example.org" }, "line break"},
	"CR in the subject":            {func(t *Template) { t.Subject = "a\rb" }, "line break"},
	"line separator in subject":    {func(t *Template) { t.Subject = "a\u2028b" }, "line break"},
	"broken UTF-8 in subject":      {func(t *Template) { t.Subject = "a\xff" }, "not UTF-8"},
	"line break in the sender":     {func(t *Template) { t.From.Name = "a\r\nBcc: b" }, "line break"},
	"line break in the address":    {func(t *Template) { t.From.Address = "a@b.example\r\nBcc: c" }, "plain ASCII address"},
	"line break in reply-to":       {func(t *Template) { t.ReplyTo = mail.Address{Name: "a\n", Address: "a@b.example"} }, "line break"},
	"wide local part":              {func(t *Template) { t.From.Address = "анна@b.example" }, "plain ASCII address"},
	"line break in the list":       {func(t *Template) { t.ListID.Phrase = "a\nb" }, "line break"},
	"list id without a dot":        {func(t *Template) { t.ListID.ID = "weekly" }, "RFC 2919"},
	"line break in list id":        {func(t *Template) { t.ListID.ID += "\n" }, "RFC 2919"},
	"feedback id of two fields":    {func(t *Template) { t.FeedbackID = "a:observer" }, "feedback id"},
	"feedback id, short sender":    {func(t *Template) { t.FeedbackID = "a:b:c:obs" }, "feedback id"},
	"unsubscribe by http":          {func(t *Template) { t.UnsubscribeURL = "http://x.example/" + unsub }, "https://"},
	"unsubscribe without token":    {func(t *Template) { t.UnsubscribeURL = "https://x.example/" }, "does not hold the marker"},
	"unsubscribe, other markers":   {func(t *Template) { t.UnsubscribeURL = sampleLink + stranger.Of(FieldUnsubscribe) }, "other markers"},
	"unsubscribe, two tokens":      {func(t *Template) { t.UnsubscribeURL += unsub }, "no place"},
	"unsubscribe with a space":     {func(t *Template) { t.UnsubscribeURL += " x" }, "not a link"},
	"unsubscribe, line break":      {func(t *Template) { t.UnsubscribeURL += "\r\nX: y" }, "not a link"},
	"unsubscribe with a bracket":   {func(t *Template) { t.UnsubscribeURL += ">" }, "not a link"},
	"unsubscribe, endless":         {func(t *Template) { t.UnsubscribeURL += strings.Repeat("x", 900) }, "does not fit"},
	"mailto of another kind":       {func(t *Template) { t.UnsubscribeMailto = "https://x.example" }, "mailto:"},
	"archive with a token":         {func(t *Template) { t.ArchiveURL += unsub }, "no place"},
	"a header of ours":             {func(t *Template) { t.Headers = []Header{{"bcc", "x@y.example"}} }, "header bcc"},
	"a header of MIME":             {func(t *Template) { t.Headers = []Header{{"Content-Type", "x/y"}} }, "Content-Type"},
	"a header name with a colon":   {func(t *Template) { t.Headers = []Header{{"X: y\r\nBcc", "x"}} }, "letters, digits"},
	"a header with a line break":   {func(t *Template) { t.Headers = []Header{{"X-A", "x\r\nBcc: y"}} }, "line break"},
	"a header without a value":     {func(t *Template) { t.Headers = []Header{{"X-A", ""}} }, "value"},
	"a made-up auto-submitted":     {func(t *Template) { t.AutoSubmitted = "maybe" }, "auto-submitted"},
	"no domain":                    {func(t *Template) { t.MessageIDDomain = "" }, "domain"},
	"line break in the domain":     {func(t *Template) { t.MessageIDDomain = "a.example\r\n" }, "domain"},
	"NUL in the text":              {func(t *Template) { t.Text += "\x00" }, "text: holds a control"},
	"lone CR in the text":          {func(t *Template) { t.Text += "a\rb" }, "text: holds a control"},
	"broken UTF-8 in the HTML":     {func(t *Template) { t.HTML += "\xc3(" }, "html: holds a control"},
	"text of other markers":        {func(t *Template) { t.Text = stranger.Of(FieldUnsubscribe) }, "other markers"},
	"a picture that is not there":  {func(t *Template) { t.HTML += `<img src="cid:5f2c@picture" alt="">` }, "which is not in the message"},
	"a picture that nothing shows": {func(t *Template) { t.Inline = []Inline{{"5f2c@picture", "image/png", []byte("x")}} }, "the HTML does not show it"},
	"a picture twice":              {func(t *Template) { *t = withPictures(*t, []byte("x")); t.Inline = append(t.Inline, t.Inline[0]) }, "is in the message already"},
	"a picture's bad name":         {func(t *Template) { *t = withPictures(*t, []byte("x")); t.Inline[0].ID = "a>\r\nBcc: x" }, "is no content id"},
	"a picture of SVG":             {func(t *Template) { *t = withPictures(*t, []byte("x")); t.Inline[0].Type = "image/svg+xml" }, "is neither image/jpeg nor image/png"},
	"an empty picture":             {func(t *Template) { *t = withPictures(*t, nil) }, "it has no bytes"},
	"pictures with text alone":     {func(t *Template) { *t = withPictures(*t, []byte("x")); t.HTML = "" }, "nothing can show them"},
	"a letter with list headers":   {func(t *Template) { t.Kind = KindLetter }, "a letter carries no list headers"},
}

// TestCompileRefuses: none of badTemplates becomes a message.
func TestCompileRefuses(t *testing.T) {
	for what, c := range badTemplates {
		t.Run(what, func(t *testing.T) {
			tmpl := sample()
			c.change(&tmpl)
			_, err := Compile(tmpl)
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("error %v, want one that says %q", err, c.says)
			}
		})
	}
}

// badReaders are anna with one value wrong; each wrong value says "secret".
var badReaders = map[string]struct {
	field  Field
	change func(*Reader)
}{
	"no address":               {FieldAddress, func(r *Reader) { r.Address = "" }},
	"address without a domain": {FieldAddress, func(r *Reader) { r.Address = "secret" }},
	"line break in address":    {FieldAddress, func(r *Reader) { r.Address = "secret@x.example\r\nBcc: y@z.example" }},
	"LF in local part":         {FieldAddress, func(r *Reader) { r.Address = "se\ncret@x.example" }},
	"two addresses":            {FieldAddress, func(r *Reader) { r.Address = "secret@x.example, y@z.example" }},
	"address in brackets":      {FieldAddress, func(r *Reader) { r.Address = "<secret@x.example>" }},
	"quoted local part":        {FieldAddress, func(r *Reader) { r.Address = `"secret"@x.example` }},
	"comment":                  {FieldAddress, func(r *Reader) { r.Address = "secret(x)@x.example" }},
	"domain literal":           {FieldAddress, func(r *Reader) { r.Address = "secret@[127.0.0.1]" }},
	"two dots":                 {FieldAddress, func(r *Reader) { r.Address = "sec..ret@x.example" }},
	"dot at the end":           {FieldAddress, func(r *Reader) { r.Address = "secret.@x.example" }},
	"empty label":              {FieldAddress, func(r *Reader) { r.Address = "secret@x..example" }},
	"hyphen at a label's end":  {FieldAddress, func(r *Reader) { r.Address = "secret@x-.example" }},
	"long local part":          {FieldAddress, func(r *Reader) { r.Address = strings.Repeat("secret", 11) + "@x.example" }},
	"long address":             {FieldAddress, func(r *Reader) { r.Address = "secret@" + strings.Repeat("secret.", 40) + "example" }},
	"broken UTF-8":             {FieldAddress, func(r *Reader) { r.Address = "secret\xff@x.example" }},
	"wide space":               {FieldAddress, func(r *Reader) { r.Address = "se\u3000cret@x.example" }},
	"next line U+0085":         {FieldAddress, func(r *Reader) { r.Address = "se\u0085cret@x.example" }},
	"no such wide domain":      {FieldAddress, func(r *Reader) { r.Address = "secret@\u0300x.example" }},
	"line break in name":       {FieldName, func(r *Reader) { r.Name = "secret\r\nBcc: y@z.example" }},
	"CR in name":               {FieldName, func(r *Reader) { r.Name = "secret\r" }},
	"NUL in name":              {FieldName, func(r *Reader) { r.Name = "secret\x00" }},
	"tab in name":              {FieldName, func(r *Reader) { r.Name = "secret\t" }},
	"DEL in name":              {FieldName, func(r *Reader) { r.Name = "secret\x7f" }},
	"C1 control in name":       {FieldName, func(r *Reader) { r.Name = "secret\u0085" }},
	"line separator in name":   {FieldName, func(r *Reader) { r.Name = "secret\u2028" }},
	"paragraph separator":      {FieldName, func(r *Reader) { r.Name = "secret\u2029" }},
	"broken UTF-8 in name":     {FieldName, func(r *Reader) { r.Name = "secret\xff" }},
	"endless name":             {FieldName, func(r *Reader) { r.Name = strings.Repeat("secret", 100) }},
	"no message id":            {FieldMessageID, func(r *Reader) { r.MessageID = "" }},
	"message id with an at":    {FieldMessageID, func(r *Reader) { r.MessageID = "secret@x" }},
	"message id of dots":       {FieldMessageID, func(r *Reader) { r.MessageID = "secret..x" }},
	"no token":                 {FieldUnsubscribe, func(r *Reader) { r.Unsubscribe = "" }},
	"token with a bracket":     {FieldUnsubscribe, func(r *Reader) { r.Unsubscribe = "secret>" }},
	"token with a quote":       {FieldUnsubscribe, func(r *Reader) { r.Unsubscribe = `secret"` }},
	"token with a slash":       {FieldPreferences, func(r *Reader) { r.Preferences = "secret/" }},
	"token with LF":            {FieldPreferences, func(r *Reader) { r.Preferences = "secret\n" }},
	"endless token":            {FieldPreferences, func(r *Reader) { r.Preferences = strings.Repeat("secret", 100) }},
}

// TestSpliceRefuses: no value of badReaders reaches a mail. The error names the field and never shows the value.
func TestSpliceRefuses(t *testing.T) {
	c := compiled(t, sample())
	for what, bad := range badReaders {
		t.Run(what, func(t *testing.T) {
			r := anna
			bad.change(&r)
			got, err := c.Splice([]byte("before"), r)
			var refused *ReaderError
			if !errors.As(err, &refused) || refused.Field != bad.field {
				t.Fatalf("error %v, want one about the %s", err, bad.field)
			}
			if string(got) != "before" {
				t.Errorf("dst became %q", got)
			}
			if strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "anna") {
				t.Errorf("the error tells the value: %v", err)
			}
		})
	}
}

// TestNamesInTo lists display names and how the header writes them.
func TestNamesInTo(t *testing.T) {
	long := strings.Repeat("n", 74)
	for name, want := range map[string]string{
		"":                     "To: anna@reader.example\r\n",
		"Anna":                 "To: Anna <anna@reader.example>\r\n",
		"Sørensen, Anna":       "To: =?UTF-8?B?U8O4cmVuc2VuLCBBbm5h?= <anna@reader.example>\r\n",
		"Doe, Anna":            "To: \"Doe, Anna\" <anna@reader.example>\r\n",
		`Anna "the pen" \ Doe`: "To: \"Anna \\\"the pen\\\" \\\\ Doe\" <anna@reader.example>\r\n",
		"=?UTF-8?Q?Boss?=":     "To: =?UTF-8?B?PT9VVEYtOD9RP0Jvc3M/PQ==?= <anna@reader.example>\r\n",
		"Anna Sørensen":        "To: =?UTF-8?Q?Anna_S=C3=B8rensen?= <anna@reader.example>\r\n",
		"بدر":                  "To: =?UTF-8?B?2KjYr9ix?= <anna@reader.example>\r\n",
		"Анна":                 "To: =?UTF-8?B?0JDQvdC90LA=?= <anna@reader.example>\r\n",
		"🎉":                    "To: =?UTF-8?B?8J+OiQ==?= <anna@reader.example>\r\n",
		long:                   "To: " + long + "\r\n <anna@reader.example>\r\n",
		"a  b":                 "To: \"a  b\" <anna@reader.example>\r\n",
	} {
		r := anna
		r.Name = name
		msg := string(spliced(t, letter(), r))
		_, rest, _ := strings.Cut(msg, "\r\nTo:")
		got, _, _ := strings.Cut("To:"+rest, "Message-ID:")
		if got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func TestWireAddress(t *testing.T) {
	for address, want := range map[string]struct {
		wire string
		wide bool
	}{
		"anna@reader.example":     {"anna@reader.example", false},
		"a.n+n'a@x-1.example":     {"a.n+n'a@x-1.example", false},
		"anna@localhost":          {"anna@localhost", false},
		"anna@bücher.example":     {"anna@xn--bcher-kva.example", false},
		"анна@почта.example":      {"анна@xn--80a1acny.example", true},
		"Anna@Reader.Example":     {"Anna@Reader.Example", false},
		"用户@reader.example":       {"用户@reader.example", true},
		"o'brien@reader.example":  {"o'brien@reader.example", false},
		"{x}|~`^@reader.example":  {"{x}|~`^@reader.example", false},
		"a@" + "b.c.d.e.example":  {"a@b.c.d.e.example", false},
		"1@2.example":             {"1@2.example", false},
		"__x__@under-line.e.org":  {"__x__@under-line.e.org", false},
		"anna@xn--bcher-kva.test": {"anna@xn--bcher-kva.test", false},
	} {
		wire, wide, err := WireAddress(address)
		if err != nil || wire != want.wire || wide != want.wide {
			t.Errorf("%s: %s, %t, %v", address, wire, wide, err)
		}
	}
	r := anna
	r.Address = "анна@почта.example"
	if msg := string(spliced(t, letter(), r)); !strings.Contains(msg, "<анна@xn--80a1acny.example>\r\n") {
		t.Errorf("To does not hold the wire address:\n%s", msg)
	}
}
