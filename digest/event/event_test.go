package event

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var monday = time.Date(2026, 11, 16, 9, 0, 0, 0, time.UTC)

// read reads titles an hour apart, without the letter of the event before them.
func read(titles ...string) []Story {
	stories := make([]Story, len(titles))
	for i, title := range titles {
		if len(title) > 1 && title[1] == ':' {
			title = title[2:]
		}
		stories[i] = Read(Text{ID: fmt.Sprintf("s%02d", i), Title: title, At: monday.Add(time.Duration(i) * time.Hour)})
	}
	return stories
}

// Titles in several languages, each after the letter of its event; all together are
// the archive.
func TestGroup(t *testing.T) {
	cases := []struct {
		name   string
		titles []string
	}{
		{"told in other words", []string{
			"a:Harbour bridge to close for six months", "a:Six months without the harbour bridge", "b:Mayor resigns over harbour fund",
			"b:Audit of fund topples mayor", "c:Storm leaves 30,000 homes without power", "c:30.000 homes dark after storm",
		}},
		{"other numbers", []string{
			"a:City beats United 3-1 at home", "b:City beats United 3-2 at home", "c:The lost trawlers, part 1", "d:The lost trawlers, part 2",
		}},
		{"German", []string{
			"a:Bundestagswahl: CDU stärkste Kraft", "a:CDU gewinnt die Wahl zum Bundestag", "b:Zug entgleist bei Göttingen", "b:Göttingen: Entgleister Zug blockiert Strecke",
		}},
		{"French", []string{
			"a:Grève à la SNCF: un train sur deux supprimé", "a:SNCF: la grève supprime des trains lundi", "b:Le maire de Lyon démissionne", "b:Démission du maire de Lyon",
		}},
		{"Spanish", []string{
			"a:Incendio forestal obliga a evacuar Málaga", "a:Evacuados por un incendio en Malaga", "b:El Congreso aprueba los presupuestos", "b:Aprobados los presupuestos en el Congreso",
		}},
		{"Russian", []string{
			"a:В Петербурге закрыли мост через Неву", "a:Мост через Неву в Петербурге закрыт", "b:Шторм оставил без света тысячи домов", "b:Тысячи домов без света после шторма",
		}},
		{"Japanese", []string{
			"a:港の橋が半年間閉鎖へ", "a:港の橋、1月から閉鎖", "b:市長が辞任を表明", "b:市長の辞任、議会が承認",
		}},
		{"Chinese", []string{"a:台风登陆广东，三万户停电", "a:广东台风造成三万户停电", "b:市长宣布辞职", "b:审计风波后市长辞职"}},
	}
	var archive []Story
	for _, c := range cases {
		archive = append(archive, read(c.titles...)...)
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			want := map[string][]int{}
			for i, title := range c.titles {
				want[title[:1]] = append(want[title[:1]], i)
			}
			groups := Group(read(c.titles...), NewArchive(archive)).Groups
			for _, g := range groups {
				if event := c.titles[g[0]][:1]; !slices.Equal(g, want[event]) {
					t.Errorf("%s is %v, want %v; all: %v", event, g, want[event], groups)
				}
			}
			if len(groups) != len(want) {
				t.Errorf("%v, want %v", groups, want)
			}
		})
	}
}

func TestGroupByDate(t *testing.T) {
	archive := NewArchive()
	const told, again, retold = "The ferry runs aground off Skarhamn", "Ferry aground off Skarhamn", "Skarhamn ferry: inquiry opens"
	for _, c := range []struct {
		title string
		apart time.Duration
		same  bool
	}{
		// The same is so for 72 hours.
		{again, 0, true},
		{again, 72 * time.Hour, true},
		{again, 72*time.Hour + time.Second, false},
		{again, 7 * 24 * time.Hour, false},
		// What is less alike must be nearer in time.
		{retold, 0, true},
		{retold, 12 * time.Hour, true},
		{retold, 70 * time.Hour, false},
	} {
		stories := []Story{
			Read(Text{ID: "b", Title: told, At: monday}),
			Read(Text{ID: "a", Title: c.title, At: monday.Add(c.apart)}),
		}
		if got := len(Group(stories, archive).Groups) == 1; got != c.same {
			t.Errorf("%q, %s later: one event %t", c.title, c.apart, got)
		}
	}
	undated := []Story{Read(Text{ID: "b", Title: "The week in pictures", At: monday}), Read(Text{ID: "a", Title: "The week in pictures"})}
	if got := Group(undated, archive).Groups; len(got) != 1 || !slices.Equal(got[0], []int{1, 0}) {
		t.Errorf("without a date: %v", got)
	}
}

// A chain of stories, each like the next, does not make one event of its ends.
func TestGroupsDoNotChain(t *testing.T) {
	stories := read("alpha bravo charlie delta", "charlie delta echo foxtrot", "echo foxtrot golf hotel", "golf hotel india juliet",
		"india juliet kilo lima", "kilo lima mike november")
	if groups := Group(stories, NewArchive(stories)).Groups; len(groups) < 2 {
		t.Errorf("all of a chain are one: %v", groups)
	}
}

// The lead tells what a title leaves out.
func TestGroupByLead(t *testing.T) {
	lead := "The ferry Estuary Rose ran aground off Skarhamn on Sunday night; all forty passengers were taken off by the coastguard."
	texts := []Text{
		{ID: "a", Title: "Night on the rocks", Lead: lead, At: monday},
		{ID: "b", Title: "Ferry aground off Skarhamn", Lead: "All forty passengers of the Estuary Rose are safe, says the coastguard.", At: monday},
		{ID: "c", Title: "Dancing until dawn", Lead: "The dance halls of the harbour are full again, and their owners ask the council for longer hours.", At: monday},
	}
	stories := make([]Story, len(texts))
	for i, text := range texts {
		stories[i] = Read(text)
	}
	if got := fmt.Sprint(Group(stories, NewArchive(stories)).Groups); got != "[[0 1] [2]]" {
		t.Errorf("%s", got)
	}
}

var vocabulary = []string{"harbour", "bridge", "closes", "council", "budget", "talks", "ferry", "storm", "mayor", "not", "3-1", "30,000", "the", "school", "Thüringen", "港の橋"}

func drawTexts(t *rapid.T, label string, words []string, from time.Time) []Text {
	texts := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Text {
		text := Text{
			Title: strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 0, 6).Draw(t, "title"), " "),
			Lead:  strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 0, 12).Draw(t, "lead"), " "),
		}
		if rapid.IntRange(0, 9).Draw(t, "dated") > 0 {
			text.At = from.Add(time.Duration(rapid.IntRange(0, 200).Draw(t, "hours")) * time.Hour)
		}
		return text
	}), 0, 25).Draw(t, label)
	for i := range texts {
		texts[i].ID = fmt.Sprintf("%s%02d", label, i)
	}
	return texts
}

func readAll(texts []Text) []Story {
	stories := make([]Story, len(texts))
	for i, text := range texts {
		stories[i] = Read(text)
	}
	return stories
}

// ids names the members of each group.
func ids(texts []Text, groups [][]int) string {
	var all []string
	for _, g := range groups {
		var names []string
		for _, i := range g {
			names = append(names, texts[i].ID)
		}
		all = append(all, strings.Join(names, " "))
	}
	return strings.Join(all, "; ")
}

// Every story is in one group, whatever the order they come in.
func TestGroupsAreAPartition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		texts := drawTexts(t, "s", vocabulary, monday)
		stories := readAll(texts)
		groups := Group(stories, NewArchive(stories)).Groups
		all := slices.Concat(groups...)
		slices.Sort(all)
		for i, n := range all {
			if i != n {
				t.Fatalf("%v", groups)
			}
		}
		if len(all) != len(stories) {
			t.Fatalf("%v of %d", groups, len(stories))
		}
		mixed := slices.Clone(texts)
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		rng.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
		again := readAll(mixed)
		if got, want := ids(mixed, Group(again, NewArchive(again)).Groups), ids(texts, groups); got != want {
			t.Fatalf("mixed: %s\nwant:  %s", got, want)
		}
	})
}

// With one archive, stories that are out of reach of all others, in time or in
// words, change nothing among those. (Through the archive they do: a term that more
// stories have says less.)
func TestFarStoriesChangeNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		texts := drawTexts(t, "s", vocabulary, monday)
		for i := range texts {
			if texts[i].At.IsZero() {
				texts[i].At = monday
			}
		}
		far := drawTexts(t, "later", vocabulary, monday.AddDate(0, 1, 0))
		far = slices.DeleteFunc(far, func(text Text) bool { return text.At.IsZero() })
		far = append(far, drawTexts(t, "other", []string{"zyx", "wvu", "qpo", "kkk"}, monday)...)
		stories, extra := readAll(texts), readAll(far)
		archive := NewArchive(stories, extra)
		want := ids(texts, Group(stories, archive).Groups)
		var got [][]int
		for _, g := range Group(append(slices.Clone(stories), extra...), archive).Groups {
			if g[0] < len(texts) {
				got = append(got, g)
			}
			for _, i := range g {
				if (i < len(texts)) != (g[0] < len(texts)) {
					t.Fatalf("%s is with %s", append(texts, far...)[i].ID, texts[0].ID)
				}
			}
		}
		if got := ids(texts, got); got != want {
			t.Fatalf("with others: %s\nalone:       %s", got, want)
		}
	})
}

// What is told twice at one time is together, whatever else there is.
func TestTwinsAreTogether(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		texts := drawTexts(t, "s", vocabulary, monday)
		if len(texts) == 0 || len(Read(texts[0]).title.words) == 0 {
			return
		}
		twin := texts[0]
		twin.ID = "twin"
		texts = append(texts, twin)
		stories := readAll(texts)
		for _, g := range Group(stories, NewArchive(stories)).Groups {
			if slices.Contains(g, 0) != slices.Contains(g, len(texts)-1) {
				t.Fatalf("twins apart: %v", g)
			}
		}
	})
}

// nearest finds what sorting would.
func TestNearest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 3*neighbours).Draw(t, "n")
		most := rapid.SampledFrom([]int64{3, 1000, one*one + 5}).Draw(t, "most")
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		alike := make([]edge, n)
		for i := range alike {
			alike[i] = edge{int32(i), rng.Int64N(most) + 1}
		}
		byNearness := func(a, b edge) int { return cmp.Or(cmp.Compare(b.sum, a.sum), cmp.Compare(a.to, b.to)) }
		want := slices.SortedFunc(slices.Values(alike), byNearness)
		want = want[:min(n, neighbours)]
		rng.Shuffle(n, func(i, j int) { alike[i], alike[j] = alike[j], alike[i] })
		got := nearest(alike)
		slices.SortFunc(got, byNearness)
		if !slices.Equal(got, want) {
			t.Fatalf("of %d up to %d: %v, want %v", n, most, got, want)
		}
	})
}

// join does, step by step, what the definition says: while any two groups are near,
// the nearest two become one.
func TestJoinIsGreedy(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 12).Draw(t, "n")
		likeness := make([][]int64, n)
		edges := make([][]edge, n)
		for i := range likeness {
			likeness[i] = make([]int64, n)
		}
		for i := range n {
			likeness[i][i] = one * one
			for j := range i {
				if s := rapid.Int64Range(0, 7).Draw(t, "likeness") * one * one / 8; s > 0 {
					likeness[i][j], likeness[j][i] = s, s
				}
			}
		}
		for i := range n {
			for j := range n {
				if i != j && likeness[i][j] > 0 {
					edges[i] = append(edges[i], edge{int32(j), likeness[i][j]})
				}
			}
		}
		if got, want := fmt.Sprint(join(edges)), fmt.Sprint(slowly(likeness)); got != want {
			t.Fatalf("%s, want %s", got, want)
		}
	})
}

func slowly(likeness [][]int64) [][]int {
	groups := make([][]int, len(likeness))
	for i := range groups {
		groups[i] = []int{i}
	}
	sum := func(a, b []int) (all int64) {
		for _, i := range a {
			for _, j := range b {
				all += likeness[i][j]
			}
		}
		return all
	}
	for {
		most, x, y := 0., -1, -1
		for i, a := range groups {
			for j, b := range groups[:i] {
				if near := float64(sum(a, b)) / math.Sqrt(float64(sum(a, a))*float64(sum(b, b))); near >= Near && (near > most || near == most && (j < x || j == x && i < y)) {
					most, x, y = near, j, i
				}
			}
		}
		if x < 0 {
			return groups
		}
		groups[x] = append(groups[x], groups[y]...)
		slices.Sort(groups[x])
		groups = slices.Delete(groups, y, y+1)
	}
}
