package templates

import (
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"strings"
	"sync"
)

//go:embed layout
var embedded embed.FS

// Limits on what a newsroom's partials may be and make.
const (
	maxPartial = 64 << 10 // bytes of a file
	maxOutput  = 1 << 20  // bytes of a rendering
)

// Theme is a set of parsed partials. It is safe for concurrent use.
type Theme struct{ set *template.Template }

// functions are all that a partial can call beside the built-in ones and the
// methods of its data: nothing that reads, writes or waits.
var functions = template.FuncMap{"mso": mso}

// parsed is the embedded layout, never executed, so that it can be cloned.
var parsed = sync.OnceValue(func() *template.Template {
	set := template.New("layout").Funcs(functions).Option("missingkey=error")
	return template.Must(set.ParseFS(embedded, "layout/*.html")) // embedded and tested
})

var standard = sync.OnceValue(func() *Theme { return &Theme{set: template.Must(parsed().Clone())} })

// Default is the theme that is embedded in the program.
func Default() *Theme { return standard() }

// Partials lists the names of the embedded partials, "lead.html" among them.
func Partials() []string {
	entries, err := fs.Glob(embedded, "layout/*.html")
	if err != nil {
		return nil // the pattern is ours and good
	}
	for i := range entries {
		entries[i] = strings.TrimPrefix(entries[i], "layout/")
	}
	return entries
}

// Partial is the embedded text of a partial, for a newsroom to copy and change.
func Partial(name string) ([]byte, error) { return embedded.ReadFile("layout/" + name) }

// Load lays a newsroom's own partials over the default ones. Files are named as
// Partials lists them; those that are absent keep the default. Every mail and page
// is then rendered once with a sample, so that a mistake is found here and not on
// Friday: an error names file and line.
func Load(dir fs.FS) (*Theme, error) {
	names, err := fs.Glob(dir, "*.html")
	if err != nil {
		return nil, fmt.Errorf("read the templates: %w", err)
	}
	set, err := parsed().Clone()
	if err != nil {
		return nil, fmt.Errorf("copy the default templates: %w", err)
	}
	for _, name := range names {
		if set.Lookup(name) == nil {
			return nil, fmt.Errorf("%s: there is no such partial; there are %s", name, strings.Join(Partials(), ", "))
		}
		text, err := readPartial(dir, name)
		if err != nil {
			return nil, err
		}
		if _, err := set.New(name).Parse(text); err != nil {
			return nil, plain(err)
		}
	}
	for _, name := range names {
		if err := alone(set, name); err != nil {
			return nil, err
		}
	}
	t := &Theme{set: set}
	if err := t.try(); err != nil {
		return nil, err
	}
	return t, nil
}

// alone asks html/template whether a partial makes sense by itself. Within a page
// it would blame a quote that is never closed on the partial around it.
func alone(set *template.Template, name string) error {
	own, err := set.Clone()
	if err != nil {
		return fmt.Errorf("copy the templates: %w", err)
	}
	var wrong *template.Error
	if err := own.ExecuteTemplate(io.Discard, name, nil); errors.As(err, &wrong) {
		return plain(err)
	}
	return nil
}

func readPartial(dir fs.FS, name string) (string, error) {
	f, err := dir.Open(name)
	if err != nil {
		return "", fmt.Errorf("open %s: %w", name, err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxPartial+1))
	if err != nil {
		return "", fmt.Errorf("read %s: %w", name, err)
	}
	if len(text) > maxPartial {
		return "", fmt.Errorf("%s: larger than %d bytes", name, maxPartial)
	}
	return string(text), nil
}

// errTooMuch stops a template that never ends.
var errTooMuch = errors.New("the page grew past a million bytes")

// bounded is a buffer with an end.
type bounded struct{ strings.Builder }

func (b *bounded) Write(p []byte) (int, error) {
	if b.Len()+len(p) > maxOutput {
		return 0, errTooMuch
	}
	return b.Builder.Write(p)
}

// execute runs a partial and drops the lines that conditions left empty.
func (t *Theme) execute(name string, data any) (string, error) {
	var out bounded
	if err := t.set.ExecuteTemplate(&out, name, data); err != nil {
		return "", plain(err)
	}
	var b strings.Builder
	b.Grow(out.Len())
	for line := range strings.Lines(out.String()) {
		if strings.TrimSpace(line) != "" {
			b.WriteString(line)
		}
	}
	return b.String(), nil
}

// templateError is an error of a newsroom's partial, as "lead.html:3: ...".
type templateError struct{ cause error }

func (e templateError) Error() string {
	text := e.cause.Error()
	for _, prefix := range []string{"html/template:", "html/template: ", "template: "} {
		text = strings.TrimPrefix(text, prefix)
	}
	return "template " + strings.TrimSpace(text)
}

func (e templateError) Unwrap() error { return e.cause }

func plain(err error) error { return templateError{err} }
