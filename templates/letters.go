package templates

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/templates/words"
)

// Confirmation asks an address for its yes. URL leads to the ConfirmPage.
type Confirmation struct {
	Newsletters []string // titles
	URL         string
	Greeting    string // a whole line, words.Catalogue.Greet; may be empty
}

// Goodbye tells a reader that they have left. Undo leads to the ReturnPage, for some
// days; may be empty.
type Goodbye struct {
	Newsletter string
	Undo       string
	Days       int
	Greeting   string
}

// Welcome greets a reader who has confirmed. Latest is the newest edition on the web;
// zero where there is none.
type Welcome struct {
	Newsletter string
	Latest     digest.Link
	Greeting   string
}

// DataCopy is everything that is held about a reader, as JSON, for themselves.
type DataCopy struct {
	Newsletter string
	JSON       string
}

// Erased tells a reader that they are deleted, and what is kept where their address is
// never to be mailed again.
type Erased struct {
	Newsletter string
	Never      bool
}

// Notice is a letter to the editors: a subject and a body in Markdown.
type Notice struct {
	Subject string
	Body    string
}

// Neutral is a letter that does not say in the inbox what it is about: its subject, and
// the line that is shown behind that, are Subject.
type Neutral struct {
	Letter
	Subject string
}

// Letter is one of the types above.
type Letter interface {
	fill(*letter)
}

// letter is the model of a mail to one person, as edition is that of a digest.
type letter struct {
	*edition
	Greeting      string
	Before, After []string // paragraphs around Body and Button
	Body          prose
	Button        *digest.Link
}

// Letter makes a mail to one person, in the language (BCP 47), on plain paper.
func (t *Theme) Letter(l Letter, look Look, language string) (Rendered, error) {
	look.Theme = t.name
	look = look.withDefaults()
	if err := look.Check(); err != nil {
		return Rendered{}, fmt.Errorf("the look of a letter: %w", err)
	}
	m := &letter{edition: t.newEdition(digest.Revision{Language: language}, Digest, look, Links{})}
	l.fill(m)
	m.Subject = clean(m.Subject, titleRunes)
	m.Greeting = clean(m.Greeting, lineRunes)
	if m.Button != nil && m.Button.URL == "" {
		m.Button = nil
	}
	html, err := t.execute("letter.html", m)
	if err != nil {
		return Rendered{}, fmt.Errorf("render a letter: %w", err)
	}
	return Rendered{Subject: m.Subject, HTML: html, Text: m.text()}, nil
}

func (c Confirmation) fill(m *letter) {
	title := clean(m.W.List(c.Newsletters), titleRunes)
	m.Greeting = c.Greeting
	m.Subject = words.Fill(m.W.ConfirmationSubject, "title", title)
	m.Before = []string{words.Fill(m.W.ConfirmationText, "title", title)}
	m.Button = &digest.Link{Title: m.W.ConfirmationButton, URL: link(c.URL, "")}
	m.After = []string{m.W.ConfirmationIgnore}
}

func (g Goodbye) fill(m *letter) {
	title := clean(g.Newsletter, titleRunes)
	m.Greeting = g.Greeting
	m.Subject = words.Fill(m.W.GoodbyeSubject, "title", title)
	m.Before = []string{words.Fill(m.W.GoodbyeText, "title", title)}
	if undo := link(g.Undo, ""); undo != "" {
		m.Before = append(m.Before, words.Fill(m.W.GoodbyeUndo, "n", strconv.Itoa(g.Days)))
		m.Button = &digest.Link{Title: m.W.UndoButton, URL: undo}
	}
}

func (w Welcome) fill(m *letter) {
	title := clean(w.Newsletter, titleRunes)
	m.Greeting = w.Greeting
	m.Subject = words.Fill(m.W.WelcomeSubject, "title", title)
	m.Before = []string{words.Fill(m.W.WelcomeText, "title", title)}
	if to := link(w.Latest.URL, ""); to != "" {
		m.Before = append(m.Before, m.W.WelcomeLatest)
		m.Button = &digest.Link{Title: clean(w.Latest.Title, titleRunes), URL: to}
	}
}

// Welcoming is what an edition that comes with a welcome begins with: its subject and
// preheader, and, as Markdown, what stands before its own intro.
func (t *Theme) Welcoming(language, title string) digest.Revision {
	w := t.spoken.For(language)
	title = clean(title, titleRunes)
	text := words.Fill(w.WelcomeText, "title", title)
	return digest.Revision{
		Subject: words.Fill(w.WelcomeSubject, "title", title), Preheader: text,
		Intro: literal(text) + "\n\n" + literal(w.WelcomeLatest),
	}
}

// literal is a text as Markdown that means nothing but itself.
func literal(text string) string {
	var b strings.Builder
	for _, r := range text {
		if strings.ContainsRune("\\`*_[]<>#~&!|+-.()", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

func (c DataCopy) fill(m *letter) {
	m.Subject = words.Fill(m.W.ExportSubject, "title", clean(c.Newsletter, titleRunes))
	m.Before = []string{m.W.ExportMail}
	m.Body = markdown("```\n"+c.JSON+"\n```", "", m.styles)
}

func (e Erased) fill(m *letter) {
	m.Subject = words.Fill(m.W.ErasedSubject, "title", clean(e.Newsletter, titleRunes))
	if m.Before = []string{m.W.ErasedMail}; e.Never {
		m.Before = append(m.Before, m.W.ErasedKept)
	}
}

func (n Notice) fill(m *letter) {
	m.Subject = n.Subject
	m.Body = markdown(n.Body, "", m.styles)
}

func (n Neutral) fill(m *letter) {
	n.Letter.fill(m)
	m.Subject, m.Preheader, m.Look.Neutral = n.Subject, clean(n.Subject, titleRunes), true
}

// text is the text part of a letter.
func (m *letter) text() string {
	t := &textPart{}
	t.discreet(m.edition)
	t.block(m.Greeting)
	for _, p := range m.Before {
		t.block(p)
	}
	if m.Body.Text != "" {
		t.line(m.Body.Text + "\n")
	}
	if m.Button != nil {
		t.line(m.Button.URL + "\n")
	}
	for _, p := range m.After {
		t.block(p)
	}
	t.line("-- ")
	if len(m.Address) == 0 || m.Address[0] != m.Look.Title {
		t.line(wrapText(m.Look.Title, "", ""))
	}
	for _, line := range m.Address {
		t.line(wrapText(line, "", ""))
	}
	return strings.TrimRight(t.b.String(), "\n") + "\n"
}
