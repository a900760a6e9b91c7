package lint

import "strings"

// needRules look for what the sender says has to be there.
var needRules = []rule{
	{Rule{"missing", Error, "What every mail of the newsletter has is there: the postal address, the link to the web version", "CAN-SPAM 5(a)(5); the newsletter's configuration", "Put it back: a partial in the newsroom's templates/ may have lost it."}, lookNeeds},
}

func lookNeeds(m *mail, say say) {
	for _, need := range m.o.Needs {
		want := squeeze(need.Text)
		if m.text != nil && !strings.Contains(m.textWords(), want) {
			say("text", need.Name+" is missing")
		}
		if m.page == nil {
			continue
		}
		there := strings.Contains(m.page.words(), want)
		for _, l := range m.page.links() {
			there = there || l.url == want
		}
		if !there {
			say("HTML", need.Name+" is missing")
		}
	}
}
