package prose

import (
	"regexp"
	"strings"
)

// Boilerplate: what content systems hang on to every story. A tail may follow a
// text; a line is a paragraph of its own.
var (
	ellipsis = regexp.MustCompile(`\s*(?:\[\s*(?:…|\.{3}|&hellip;)\s*\]|\(\s*(?:more|read more|mehr)\s*(?:…|\.{3})?\s*\))\s*$`)
	readOn   = regexp.MustCompile(`(?i)\s*(?:…|\.{3}|\[…\])?\s*(?:` +
		`continue reading|continued? (?:here|on)|read (?:the )?(?:more|full (?:story|article|post)|rest)|keep reading|click here to|` +
		`weiterlesen|mehr lesen|lire la suite|en savoir plus|leer más|seguir leyendo|sigue leyendo|leia mais|continua a leggere|` +
		`leggi tutto|lees (?:meer|verder)|читать (?:далее|дальше|полностью)|čítať ďalej|číst dál|czytaj (?:dalej|więcej)|läs mer|les mer|læs mere` +
		`)(?:\s.{0,160})?(?:…|\.{3}|→|»|>+|&raquo;)?\s*$`)
	firstOn   = regexp.MustCompile(`(?i)\s*(?:the post|the article|der beitrag|l['’]article|el artículo|la entrada|il post|het bericht|запись)\s.{1,300}\s(?:appeared first on|first appeared on|erschien zuerst auf|est apparu en premier sur|apareció primero en|se publicó primero en|proviene da|verscheen eerst op|впервые появилась)\s.{1,120}$`)
	wholeLine = regexp.MustCompile(`(?i)^(?:share this|like this|related(?: (?:posts|articles|stories))?|advertisement|anzeige|comments?|permalink|filed under|tags?|sign up for|subscribe (?:to|now)|follow us)\b.{0,60}:?$`)
	alsoRead  = regexp.MustCompile(`(?i)^(?:(?:see|read) also|more on this|articles (?:en rapport|liés|connexes)|(?:à )?lire aussi|à voir aussi|sur le même sujet|` +
		`mehr zum thema|(?:lesen sie|siehe|lesen) auch|zum thema|artículos relacionados|(?:lee|ver|leer) también|leggi anche|articoli correlati|` +
		`lees ook|gerelateerde artikelen|leia também|читайте также|по теме|súvisiace články|čítajte aj|související články|čtěte také|` +
		`czytaj (?:też|także)|läs (?:också|även)|les også|læs også)\s*(?::.{0,200})?$`)
)

// withoutBoilerplate takes the tails off a text.
func withoutBoilerplate(text string) string {
	for range 3 {
		before := text
		text = firstOn.ReplaceAllString(text, "")
		if at := readOn.FindStringIndex(text); at != nil && tailBegins(text, at[0]) {
			text = text[:at[0]]
		}
		if ellipsis.MatchString(text) {
			text = strings.TrimRight(ellipsis.ReplaceAllString(text, ""), " .,;:–—-") + "…"
		}
		if text = strings.TrimSpace(text); text == before {
			break
		}
	}
	if isBoilerplate(text) {
		return ""
	}
	return text
}

// tailBegins reports that a tail starts where a sentence has ended, or is all there
// is: "You can read more in the library" is no boilerplate.
func tailBegins(text string, at int) bool {
	head := strings.TrimSpace(text[:at])
	if head == "" {
		return true
	}
	return strings.HasSuffix(head, "…") || strings.ContainsAny(head[len(head)-1:], `.!?"”’)]»:|`) ||
		strings.HasSuffix(head, "”") || strings.HasSuffix(head, "’") || strings.HasSuffix(head, "»") ||
		strings.HasPrefix(strings.TrimSpace(text[at:]), "…") || strings.HasPrefix(strings.TrimSpace(text[at:]), "...")
}

// isBoilerplate reports a paragraph that says nothing of the story.
func isBoilerplate(text string) bool {
	if text == "" || len(text) > 500 {
		return false
	}
	if at := readOn.FindStringIndex(text); at != nil && at[0] == 0 {
		return true
	}
	at := firstOn.FindStringIndex(text)
	return wholeLine.MatchString(text) || alsoRead.MatchString(text) || (at != nil && at[0] == 0)
}
