package demo

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/internal/parts"
)

// wednesday is no slot: the demo has to find the Friday before it.
var wednesday = time.Date(2026, 11, 25, 22, 59, 0, 0, time.UTC)

func options(dir string, readers int) Options {
	ahead := time.Until(wednesday)
	return Options{
		Dir: dir, Readers: readers, Lookup: func(string) (string, bool) { return "", false },
		Clock: func() time.Time { return time.Now().Add(ahead) }, Log: slog.New(slog.DiscardHandler),
	}
}

// opened is a demo whose edition is drafted, with the draft.
func opened(t *testing.T, dir string, readers int) (*Demo, newsroom.Drafted) {
	t.Helper()
	ctx := t.Context()
	d, err := Open(ctx, options(dir, readers))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	report, err := d.Subscribe(ctx)
	if err != nil || report.Added != int64(readers) || len(report.Bad) > 0 {
		t.Fatalf("%d of %d subscribed, %d bad: %v", report.Added, readers, len(report.Bad), err)
	}
	drafted, err := d.Newsroom.Draft(ctx, Newsletter, d.Slot.Format(digest.SlotLayout), true)
	if err != nil {
		t.Fatal(err)
	}
	return d, drafted
}

// sent is a demo whose edition has gone out.
func sent(t *testing.T, dir string, readers int) *Demo {
	t.Helper()
	d, _ := opened(t, dir, readers)
	ctx := t.Context()
	if _, err := d.Newsroom.Approve(ctx, d.Ref()); err != nil {
		t.Fatal(err)
	}
	d.Today()
	if err := d.Newsroom.Advance(ctx); err != nil {
		t.Fatal(err)
	}
	if frozen, err := d.Frozen(ctx); err != nil || len(frozen) == 0 {
		t.Fatalf("frozen: %d variants, %v", len(frozen), err)
	}
	a, err := d.Newsroom.Send(ctx, d.Ref(), newsroom.SendOptions{Wait: time.Second})
	if err != nil || a.Accepted != int64(readers) || !a.Complete() {
		t.Fatalf("accounting %+v: %v", a, err)
	}
	return d
}

// TestPick holds the demo to what it is there to show.
func TestPick(t *testing.T) {
	_, drafted := opened(t, t.TempDir(), 3)
	for _, s := range drafted.Sources {
		if s.Error != "" || len(s.Warnings) > 0 || s.New != s.Stories {
			t.Errorf("source %+v", s)
		}
	}
	pick := drafted.Edition.Pick
	if len(drafted.Warnings) > 0 || pick.Verdict != digest.Full || len(pick.Chosen) != 10 {
		t.Errorf("%q: %s, %d stories", drafted.Warnings, pick.Verdict, len(pick.Chosen))
	}
	why := map[digest.Rule][]string{}
	for _, c := range pick.Left {
		why[c.Reason.Rule] = append(why[c.Reason.Rule], c.Story.Title)
	}
	for rule, title := range map[digest.Rule]string{
		digest.SameEvent:   "After nine-month refit, ferry Estuary Rose to sail again Monday",
		digest.Sponsored:   "Five cabins for a weekend on the water",
		digest.Embargoed:   "Audit: city paid twice for the same dredging",
		digest.WrongLang:   "La lonja abre sus puertas los sábados",
		digest.OutOfWindow: "Two hundred swim across the estuary for the lifeboat",
	} {
		if !slices.Contains(why[rule], title) {
			t.Errorf("%s leaves out %q, want %q", rule, why[rule], title)
		}
	}
	sections := map[string]bool{}
	pictures := 0
	for _, c := range pick.Chosen {
		sections[c.Section] = true
	}
	for _, item := range drafted.Edition.Revision.Items() {
		if item.Story.Image != nil {
			pictures++
		}
	}
	if len(sections) != 4 || pictures < 5 {
		t.Errorf("%d sections, %d pictures", len(sections), pictures)
	}
}

// TestMails sends the edition to a thousand readers and reads every mail.
func TestMails(t *testing.T) {
	const n = 1000
	d := sent(t, filepath.Join(t.TempDir(), "observer"), n)
	readers := map[string]bool{}
	for _, r := range Readers(n) {
		readers[r.Address] = true
	}
	names, err := d.Mailbox.Names()
	if err != nil || len(names) != n {
		t.Fatalf("%d mails: %v", len(names), err)
	}
	anyone := regexp.MustCompile(`[a-z0-9.-]+@example\.(?:org|net|com)`)
	got, tokens, webs := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, name := range names {
		m, err := d.Mailbox.Mail(name)
		if err != nil || m.HTML == "" || m.Text == "" {
			t.Fatalf("%s does not parse: %v", name, err)
		}
		if got[m.To.Address] || !readers[m.To.Address] {
			t.Errorf("%s is for nobody, or a second one", name)
		}
		got[m.To.Address] = true
		everything := string(m.Raw) + m.HTML + m.Text
		for _, address := range anyone.FindAllString(everything, -1) {
			if address != m.To.Address {
				t.Errorf("%s holds another reader's address", name)
			}
		}
		site := "https://news.observer.example"
		token := regexp.MustCompile(site + newsroom.PathUnsubscribe + `weekly/[\w-]+`).FindString(m.Text)
		if token == "" || tokens[token] || !strings.Contains(string(m.Raw), "\nList-Unsubscribe:") {
			t.Errorf("%s: no way to leave of its own", name)
		}
		tokens[token] = true
		webs[regexp.MustCompile(site+newsroom.PathEdition+`\S+`).FindString(m.Text)] = true
	}
	if len(webs) != 1 || webs[""] {
		t.Errorf("the edition's page has %d addresses", len(webs))
	}
	t.Run("judged", func(t *testing.T) { judged(t, d.Mailbox, names) })
}

// judged asks a checker of headers and MIME, which knows nothing of this project, about
// every mail. Only a signature may be missing.
func judged(t *testing.T, box Mailbox, names []string) {
	judge := parts.Beside(t, "judges/eml_lint.py")
	python := parts.Python.Need(t)
	seen, faults := 0, 0
	for batch := range slices.Chunk(names, 200) {
		args := []string{judge}
		for _, name := range batch {
			args = append(args, filepath.Join(box.Dir, "new", name))
		}
		out, _ := exec.Command(python, args...).Output() // it exits with 1 for the signature
		for line := range strings.Lines(string(out)) {
			switch {
			case !strings.HasPrefix(line, " "):
				seen++
			case strings.Contains(line, "ERROR") && !strings.Contains(line, "ERROR dkim "):
				if faults++; faults < 10 {
					t.Error(strings.TrimSpace(line))
				}
			}
		}
	}
	if seen != len(names) {
		t.Errorf("the judge read %d of %d mails", seen, len(names))
	}
}

// TestPages walks the demo's pages and those of a reader.
func TestPages(t *testing.T) {
	d := sent(t, "", 25)
	server := httptest.NewUnstartedServer(nil)
	base := "http://" + server.Listener.Addr().String()
	server.Config.Handler = d.Handler(base)
	server.Start()
	defer server.Close()
	get := func(address string) (int, string) {
		t.Helper()
		r, err := server.Client().Get(address)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		return r.StatusCode, string(body)
	}
	_, front := get(base + "/")
	links := regexp.MustCompile(`(?:href|src)="([^"]+)"`).FindAllStringSubmatch(front, -1)
	if len(links) < 30 {
		t.Errorf("the page has %d links", len(links))
	}
	if frame := regexp.MustCompile(`<iframe[^>]*>`).FindString(front); frame == "" || strings.Contains(frame, "lazy") {
		t.Errorf("the frame that is seen first waits to be seen: %s", frame)
	}
	for _, l := range links {
		u, err := url.Parse(l[1])
		if err != nil {
			t.Fatal(err)
		}
		if u.Host != "" && "http://"+u.Host != base {
			t.Errorf("the page leads away, to %s", u.Host)
			continue
		}
		address := base + u.Path
		if status, body := get(address); status != http.StatusOK || body == "" {
			t.Errorf("%s: %d", u.Path, status)
		} else if strings.Contains(body, "https://news.observer.example/") && !strings.Contains(u.Path, "/source") && !strings.HasPrefix(u.Path, "/demo/mail/") {
			t.Errorf("%s leads to the newspaper, not here", u.Path)
		}
	}
	m, err := d.Mailbox.edition()
	if err != nil {
		t.Fatal(err)
	}
	_, light := get(base + "/demo/view/" + m.Name + "/light")
	_, dark := get(base + "/demo/view/" + m.Name + "/dark")
	_, plain := get(base + "/demo/view/" + m.Name + "/plain")
	for _, image := range regexp.MustCompile(`<img[^>]* src="([^"]+)"`).FindAllStringSubmatch(light, -1) {
		if status, _ := get(image[1]); status != http.StatusOK {
			t.Errorf("picture %s: %d", image[1], status)
		}
	}
	if !strings.Contains(dark, "@media all") || strings.Contains(light, "@media all") || strings.Contains(light, "prefers-color-scheme") {
		t.Error("dark is not dark, or light not light")
	}
	if !strings.Contains(plain, `alt="A wooden school ruler`) {
		t.Error("the picture beside a Markdown story is not in the mail")
	}
	if strings.Contains(plain, "<img src") || strings.Contains(plain, " src=") || !strings.Contains(plain, `alt="A red and white lighthouse`) {
		t.Error("images off still has pictures, or not their descriptions")
	}
	for _, path := range []string{"/demo/mail/nobody", "/demo/mail/..%2f..%2fbroadsheet.key", "/demo/view/" + m.Name + "/loud"} {
		if status, _ := get(base + path); status == http.StatusOK {
			t.Errorf("%s is there", path)
		}
	}
	d.leaves(t, server.Client(), base, m)
}

// leaves presses the unsubscribe button of one mail, as a mail program does
// (RFC 8058 3.2), and counts who is left.
func (d *Demo) leaves(t *testing.T, client *http.Client, base string, m Mail) {
	t.Helper()
	link := regexp.MustCompile(`https://news\.observer\.example(/u/weekly/[\w-]+)`).FindStringSubmatch(m.Text)
	r, err := client.PostForm(base+link[1], url.Values{"List-Unsubscribe": {"One-Click"}})
	if err != nil {
		t.Fatal(err)
	}
	_ = r.Body.Close()
	counts, err := d.Newsroom.Count(t.Context())
	if err != nil || r.StatusCode != http.StatusOK {
		t.Fatalf("%d, %v", r.StatusCode, err)
	}
	var text bytes.Buffer
	for _, c := range counts {
		text.WriteString(string(c.State))
		if c.State == "confirmed" && c.Count != 24 {
			t.Errorf("%d readers left", c.Count)
		}
	}
	if !strings.Contains(text.String(), "unsubscribed") {
		t.Errorf("nobody has left: %s", text.String())
	}
}

// TestSignUp subscribes on the page and finds the mail to confirm in the mailbox.
func TestSignUp(t *testing.T) {
	d := sent(t, "", 2)
	ctx, stop := context.WithCancel(t.Context())
	ready := make(chan string, 1)
	ended := make(chan error, 1)
	go func() { ended <- d.Serve(ctx, 0, func(u string) { ready <- u }) }()
	base := <-ready
	form := url.Values{"email": {"new@example.org"}, "newsletter": {Newsletter}}
	web, now := d.Newsroom.Keys.WebKey(), d.Newsroom.Clock()
	challenge, answer := web.Challenge(now), 0
	for !web.CheckWork(challenge, "new@example.org", strconv.Itoa(answer), d.Newsroom.Config.SignUp.Work, now) {
		answer++ // as the page's script does
	}
	form.Set("challenge", challenge)
	form.Set("answer", strconv.Itoa(answer))
	r, err := http.PostForm(base+"subscribe", form)
	if err != nil {
		t.Fatal(err)
	}
	_ = r.Body.Close()
	if err := d.Newsroom.SendLetters(t.Context()); err != nil {
		t.Fatal(err)
	}
	mails, err := d.Mailbox.newest(1)
	if err != nil || len(mails) != 1 || mails[0].To.Name != "new@example.org" || mails[0].List {
		t.Errorf("status %d; the newest mail is %+v (%v)", r.StatusCode, mails, err)
	}
	http.DefaultClient.CloseIdleConnections()
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// TestAgain runs the demo twice in one folder, and a week later.
func TestAgain(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "observer")
	ctx := t.Context()
	d, err := Open(ctx, options(dir, 5))
	if err != nil {
		t.Fatal(err)
	}
	if state, err := d.State(ctx); err != nil || state != "" {
		t.Fatalf("a new folder's edition is %q: %v", state, err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	first := sent(t, dir, 5)
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	o := options(dir, 5)
	again, err := Open(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	if state, err := again.State(ctx); err != nil || state != digest.Sent {
		t.Errorf("the second time the edition is %q: %v", state, err)
	}
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
	now := o.Clock
	o.Clock = func() time.Time { return now().AddDate(0, 0, 7) }
	later, err := Open(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	defer later.Close()
	drafted, err := later.Newsroom.Draft(ctx, Newsletter, later.Slot.Format(digest.SlotLayout), true)
	if err != nil || drafted.Edition.Pick.Verdict != digest.Full {
		t.Errorf("a week later: %s, %v", drafted.Edition.Pick.Verdict, err)
	}
}

// TestForeignFolders leaves folders alone that are somebody else's.
func TestForeignFolders(t *testing.T) {
	full := t.TempDir()
	if err := os.WriteFile(filepath.Join(full, "letter.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	other := t.TempDir()
	text, err := yamlOf("127.0.0.1:2525")
	if err != nil {
		t.Fatal(err)
	}
	text = bytes.ReplaceAll(text, []byte("observer.example"), []byte("other.example"))
	if err := newsroom.Init(t.Context(), other, text); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{full, other} {
		d, err := Open(t.Context(), options(dir, 1))
		if err == nil {
			_ = d.Close()
			t.Errorf("took %s over", filepath.Base(dir))
		}
		for _, name := range []string{"feeds", "stories", "mailbox", "readers.csv"} {
			if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
				t.Errorf("wrote %s", name)
			}
		}
	}
}
