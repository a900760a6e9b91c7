// Package house holds the rules of the house: who may import whom, where SQL,
// HTTP and the clock may be touched, and how long a file may grow. It has tests
// only. The rules are the tables of this file; tree_test.go reads the project,
// check_test.go lays the one over the other, and testdata holds small projects
// that break each rule, to show that it bites.
package house

// module is the path that our own imports begin with.
const module = "github.com/broadsheet-news/broadsheet/"

// floors of the house, from the top. A package imports from the floors below its
// own, never from its own floor nor from above. "x/..." is x and all below it.
var floors = [][]string{
	{"cmd/...", "internal/bench", "internal/benchpick"}, // the latter two of benchmarks only: they measure the whole, and the pick
	{"internal/demo/..."},
	{"internal/web/...", "internal/ops/...", "internal/jobs/..."},
	{"internal/newsroom/..."},
	{"internal/store/...", "internal/fetch/...", "internal/config/..."},
	{"templates", "mailer", "subscribers", "digest"},
	{"digest/page"},
	{"templates/words", "mailer/message", "mailer/smtp", "mailer/lint", "digest/event", "digest/feed", "digest/picture", "digest/views", "subscribers/segment"},
	{"digest/prose", "digest/loose"},                                 // what is read of feeds and of pages stands on them
	{"internal/parts", "internal/torture", "internal/trial"},         // for tests: finds the real programs they run against; what may happen to a sender; clocks and golden files
	{"internal/lazyregexp", "internal/figures", "internal/yamlslip"}, // touch nothing, and whoever has a pattern, writes a number, or reads YAML, stands on them
}

// doors between rooms that the floors would keep shut: four may take the types of
// package digest, which knows none of them.
var doors = []struct{ from, to string }{
	{"templates", "digest"},
	{"digest/feed", "digest"},
	{"digest/page", "digest"},
	{"digest/views", "digest"},
}

// fences keep a library to the rooms that are there for it. "a/*" is a and every
// package below it.
var fences = []struct {
	library []string
	only    []string // rooms that may import it
	why     string
}{
	{
		library: []string{"database/sql/*", "modernc.org/sqlite/*", "github.com/jackc/pgx/v5/*", "github.com/pressly/goose/v3/*"},
		only:    []string{"internal/store/...", "internal/jobs/..."},
		why:     "SQL is in internal/store alone; internal/jobs opens River's database",
	},
	{
		library: []string{"net/http/*"},
		only:    []string{"internal/fetch/...", "internal/web/...", "internal/ops/...", "internal/demo/..."},
		why:     "HTTP is in internal/fetch, web, ops and demo alone",
	},
	{
		library: []string{"os", "os/exec", "syscall"},
		only:    []string{"cmd/...", "internal/...", "mailer/smtp"},
		why:     "the domain folders decide; internal touches the world",
	},
	{
		library: []string{"crypto/rand", "math/rand", "math/rand/v2"},
		only:    []string{"cmd/...", "internal/...", "mailer/smtp", "subscribers"},
		why:     "the same input gives the same mail; subscribers alone draws keys and ids",
	},
}

// bars keep functions out of rooms by their names.
var bars = []struct {
	names []string // import path, a dot, name; a star at the end stands for any
	in    []string
	but   []string
	start bool // only where package-level variables are made, when the program starts
	why   string
}{
	{
		names: []string{"time.Now", "time.Since", "time.Until"},
		in:    []string{"digest/...", "templates/...", "subscribers/...", "mailer/..."},
		but:   []string{"mailer/smtp"},
		why:   "a clock is passed in; mailer/smtp alone sets deadlines",
	},
	{
		names: []string{"net.Dial*", "net.Listen*", "net.Lookup*", "net.Resolver"},
		in:    []string{"digest/...", "templates/...", "subscribers/...", "mailer/..."},
		but:   []string{"mailer/smtp"},
		why:   "the domain folders decide; mailer/smtp alone is the wire",
	},
	{
		names: []string{"regexp.MustCompile*"},
		in:    []string{"cmd/...", "digest/...", "templates/...", "mailer/...", "subscribers/...", "internal/..."},
		start: true,
		why:   "a command does not wait for patterns that it has no use for; internal/lazyregexp compiles them when it has",
	},
}

// sqlRooms may hold the text of a query.
var sqlRooms = []string{"internal/store/..."}

// topFolders are all that may stand at the top, beside folders whose names begin
// with a dot. The last two are what building leaves behind: git ignores them.
var topFolders = []string{"cmd", "digest", "templates", "mailer", "subscribers", "internal", "docs", "bin", "dist"}

// Lengths in lines, of what is no test. Past them, look for the second thing in it.
const (
	longestFile     = 400
	longestFunction = 60
)
