package templates

import (
	"strings"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/trial"
)

// pagesOf is one of each page.
func pagesOf() map[string]Page {
	form := Form{Action: "/do/Token7f3a", Hidden: []Hidden{{Name: "token", Value: "Token7f3a"}}}
	options := []Option{
		{Name: "weekly", Title: "The Friday letter", About: "Eight stories, every Friday at nine", On: true},
		{Name: "tides", Title: "Tide tables", About: "On Sunday evenings"},
	}
	at := time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)
	return map[string]Page{
		"subscribe":    SubscribePage{Form: form, Newsletters: options, AskName: true, Formats: []Variant{Digest, Full, TextOnly, Private}, Format: Private, Email: "not an address", Problem: BadAddress, Preview: "/e/weekly/2026-11-27"},
		"embed":        EmbedPage{Action: "https://news.harbour-observer.example/subscribe", Newsletter: "weekly"},
		"privacy":      PrivacyPage{Markdown: "# What we know of you\n\nYour *address*, and [no more](https://harbour-observer.example/why).\n\n#### Where\n\nHere.\n\n---\n\n- one\n- two\n\n<script>alert(1)</script>\n"},
		"export":       ExportPage{Form: form},
		"exported":     ExportedPage{},
		"erase":        ErasePage{Form: form},
		"erased":       ErasedPage{Mailed: true},
		"checkmail":    CheckMailPage{},
		"confirm":      ConfirmPage{Form: form, Newsletters: []string{"The Friday letter", "Tide tables"}},
		"confirmed":    ConfirmedPage{Newsletters: []string{"The Friday letter"}},
		"unsubscribe":  UnsubscribePage{Form: form, Newsletter: "The Friday letter", Preferences: "/p/weekly/Token7f3a"},
		"unsubscribed": UnsubscribedPage{Newsletter: "The Friday letter", Undo: form},
		"return":       ReturnPage{Form: form, Newsletter: "The Friday letter"},
		"preferences":  PreferencesPage{Form: form, Newsletters: options, Formats: []Variant{Digest, TextOnly}, Format: TextOnly, Pause: PauseChoice{Until: Moment(at.AddDate(0, 0, 14)), Weeks: []int{2, 4, 8}, First: "2026-11-28", Last: "2027-11-27"}, Appeal: &AppealChoice{Weeks: 8, Until: Moment(at.AddDate(0, 0, 56))}, Export: "/x/weekly/Token7f3a", Erase: "/d/weekly/Token7f3a", Saved: true},
		"appeal":       AppealPage{Form: form, Choice: AppealChoice{Weeks: 8}},
		"hidden":       AppealPage{Form: form, Choice: AppealChoice{Weeks: 8, Until: Moment(at.AddDate(0, 0, 56))}, Saved: true},
		"archive": ArchivePage{Feed: "/a/weekly/feed", Editions: []ArchiveEntry{
			{Subject: "The night the lighthouse went dark", URL: "/weekly/2026-11-27", At: at, Stories: 8},
			{Subject: "What the herring knew", URL: "/weekly/2026-11-20", At: at.AddDate(0, 0, -7), Stories: 7},
			{Subject: "A bridge for one", URL: "/weekly/2026-11-13", At: at.AddDate(0, 0, -14), Stories: 9},
		}},
		"detour": DetourPage{Title: "Council votes to buy a ferry", Tries: []string{"https://mirror.example/ferry", "https://harbour-observer.example/ferry"}, Story: digest.Story{
			HTML: `<p style="x">The vessel lies <a href="https://yard.example/">in a yard</a>.</p><h2>The vote</h2><ul><li>One</li></ul><img src="https://x.example/pixel.gif">`,
		}},
		"notfound": NotFoundPage{},
		"expired":  ExpiredPage{},
		"error":    ErrorPage{},
	}
}

func pageOf(t *testing.T, p Page, lang string) string {
	t.Helper()
	site := Site{
		Look: lookOf(languages[lang]), Language: lang, Stylesheet: "/assets/" + NameStylesheet(Stylesheet()),
		Home: "https://harbour-observer.example/", Subscribe: "/subscribe", Archive: "/archive", Privacy: "https://harbour-observer.example/privacy",
	}
	var b strings.Builder
	if err := Default().Page(&b, site, p); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestPages holds each page to its golden file in English, and in every language
// to having neither script nor inline style.
func TestPages(t *testing.T) {
	for name, p := range pagesOf() {
		trial.Golden(t, "testdata/page-"+name+".html", pageOf(t, p, "en"))
		for _, lang := range []string{"en", "ru", "ar"} {
			got := pageOf(t, p, lang)
			for _, bad := range []string{"<script", " style=", "<style", " onclick", "ZgotmplZ", "{title}"} {
				if strings.Contains(got, bad) {
					t.Errorf("%s in %s holds %s", name, lang, bad)
				}
			}
			if !strings.Contains(got, `<html lang="`+lang+`"`) || strings.Count(got, "<h1>") != 1 {
				t.Errorf("%s in %s: no language, or not one h1", name, lang)
			}
		}
	}
	trial.Golden(t, "testdata/page-preferences-ar.html", pageOf(t, pagesOf()["preferences"], "ar"))
}

// TestAGetLeavesNothing: the pages that a mail's link opens act only when their
// button is pressed.
func TestAGetLeavesNothing(t *testing.T) {
	for _, name := range []string{"confirm", "unsubscribe"} {
		got := pageOf(t, pagesOf()[name], "en")
		if !strings.Contains(got, `method="post"`) || strings.Contains(got, "http-equiv") {
			t.Errorf("%s acts by itself", name)
		}
	}
}

func TestStylesheet(t *testing.T) {
	if Default := string(Stylesheet()); !strings.Contains(Default, "--paper:"+lightDefault.Paper) || strings.Contains(Default, "url(") {
		t.Error("the stylesheet lacks its colours, or fetches something")
	}
	look := Look{Light: Palette{Accent: "#003366"}}
	if NameStylesheet(StylesheetFor(look)) == NameStylesheet(Stylesheet()) {
		t.Error("another look has the same name")
	}
}
