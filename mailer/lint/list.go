package lint

import (
	"fmt"
	"strings"

	"github.com/broadsheet-news/broadsheet/internal/figures"
	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

// listRules look at the fields of a mail that goes to many.
var listRules = []rule{
	{Rule{"list-unsubscribe", Error, "A newsletter has List-Unsubscribe", "RFC 2369 3.2; Gmail's and Yahoo's rules for bulk senders", "Add it, with an https link."}, lookUnsubscribe},
	{Rule{"unsubscribe-https", Error, "One of its links is https: the one that one-click asks", "RFC 8058 3.1", "Put an https link into List-Unsubscribe."}, lookUnsubscribeHTTPS},
	{Rule{"unsubscribe-mailto", Warning, "One of its links is mailto: some programs know nothing else", "RFC 2369 3.2; older Outlook and Apple Mail", "Set the newsletter's \"unsubscribe_mailto\"."}, lookUnsubscribeMailto},
	{Rule{"unsubscribe-address", Warning, "No reader's address in the link to leave: it ends in logs", "RFC 8058 3.1", "Use a token that tells nothing."}, lookUnsubscribeAddress},
	{Rule{"one-click", Error, "List-Unsubscribe-Post: List-Unsubscribe=One-Click", "RFC 8058 3.1; Gmail's and Yahoo's rules for bulk senders", "Add it, exactly so."}, lookOneClick},
	{Rule{"list-uri", Error, "List- fields hold links in angle brackets, with commas between", "RFC 2369 2", "Write it as in: <https://news.example.org/leave>"}, lookListURIs},
	{Rule{"list-id", Error, "A List-Id such as <weekly.example.org>, the same in each mail", "RFC 2919 2, 3", "Add it."}, lookListID},
	{Rule{"feedback-id", Warning, "A Feedback-ID: without it Gmail tells nobody who complained", "Gmail's feedback loop", "Set the newsletter's \"feedback_sender\"."}, lookFeedback},
	{Rule{"feedback-id-form", Error, "A Feedback-ID of four fields, the last of 5 to 15 characters", "Gmail's feedback loop", "Write it as in: edition:weekly:digest:observer"}, lookFeedbackForm},
}

var bracketed = lazyregexp.New(`<([^<>]*)>`)

// uris are the links of a List- field.
func (m *mail) uris(name string) []string {
	var all []string
	for _, u := range bracketed.FindAllStringSubmatch(m.header().get(name), -1) {
		all = append(all, strings.Join(strings.Fields(u[1]), "")) // RFC 2369 2: spaces within are folding
	}
	return all
}

func lookUnsubscribe(m *mail, say say) {
	if m.isList && m.header().get("list-unsubscribe") == "" {
		say("List-Unsubscribe", "it is missing")
	}
}

func (m *mail) leavesBy(scheme string) bool {
	for _, u := range m.uris("list-unsubscribe") {
		if strings.HasPrefix(strings.ToLower(u), scheme) {
			return true
		}
	}
	return false
}

func lookUnsubscribeHTTPS(m *mail, say say) {
	if m.header().get("list-unsubscribe") != "" && !m.leavesBy("https://") {
		say("List-Unsubscribe", "it has no https link")
	}
}

func lookUnsubscribeMailto(m *mail, say say) {
	if m.header().get("list-unsubscribe") != "" && !m.leavesBy("mailto:") {
		say("List-Unsubscribe", "it has no mailto link")
	}
}

func lookUnsubscribeAddress(m *mail, say say) {
	from := m.from()
	for _, u := range m.uris("list-unsubscribe") {
		_, after, at := strings.Cut(strings.NewReplacer("%40", "@").Replace(u), "@")
		if scheme, _, _ := strings.Cut(strings.ToLower(u), ":"); scheme == "mailto" {
			_, after, at = strings.Cut(after, "@") // the first is where it goes
		}
		if at && (from == nil || !strings.Contains(strings.ToLower(after), domain(from.Address))) {
			say("List-Unsubscribe", "a link holds an address")
		}
	}
}

func lookOneClick(m *mail, say say) {
	v := m.header().get("list-unsubscribe-post")
	switch {
	case v == "" && m.isList:
		say("List-Unsubscribe-Post", "it is missing")
	case v != "" && v != "List-Unsubscribe=One-Click":
		say("List-Unsubscribe-Post", quote(v)+" is not List-Unsubscribe=One-Click")
	}
}

var (
	listComment = lazyregexp.New(`\([^()]*\)`)
	scheme      = lazyregexp.New(`^[A-Za-z][A-Za-z0-9+.-]*:[^\s]+$`)
)

func lookListURIs(m *mail, say say) {
	for _, name := range []string{"List-Unsubscribe", "List-Help", "List-Subscribe", "List-Post", "List-Owner", "List-Archive"} {
		v := m.header().get(name)
		bare := strings.TrimSpace(listComment.ReplaceAllString(v, ""))
		if v == "" || name == "List-Post" && strings.EqualFold(bare, "NO") {
			continue
		}
		links := m.uris(name)
		outside := strings.Trim(bracketed.ReplaceAllString(bare, ""), " ,\t")
		if len(links) == 0 || outside != "" {
			say(name, quote(v)+" has no link in angle brackets, or words beside it")
		}
		for _, u := range links {
			if !scheme.MatchString(u) {
				say(name, quote(u)+" is no link")
			}
		}
	}
}

var listID = lazyregexp.New(`<[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+>$`)

func lookListID(m *mail, say say) {
	switch v := m.header().get("list-id"); {
	case v == "" && m.isList:
		say("List-Id", "it is missing")
	case v == "":
	case !listID.MatchString(v):
		say("List-Id", quote(v)+" does not end in <name.domain.example>")
	case len(listID.FindString(v)) > 255+len("<>"):
		say("List-Id", fmt.Sprintf("it has %s characters; 255 are allowed", figures.Of(len(listID.FindString(v))-len("<>"))))
	}
}

func lookFeedback(m *mail, say say) {
	if m.isList && m.header().get("feedback-id") == "" {
		say("Feedback-ID", "it is missing")
	}
}

func lookFeedbackForm(m *mail, say say) {
	v := m.header().get("feedback-id")
	fields := strings.Split(v, ":")
	if last := fields[len(fields)-1]; v != "" && (len(fields) != 4 || len(last) < 5 || len(last) > 15) {
		say("Feedback-ID", quote(v)+" is not like a:b:c:sender")
	}
}
