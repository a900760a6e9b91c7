package prose

import "testing"

// TestFields: what Drupal's feeds say before each text is no part of it.
func TestFields(t *testing.T) {
	const in = `<span class="field field--name-title field--type-string field--label-hidden">The last ferry</span>
<span class="field field--name-uid field--type-entity-reference"><span lang="" about="/user/1">Ada Quay</span></span>
<span class="field field--name-created field--type-created"><time datetime="2026-11-26T10:00:00+00:00">Thu, 11/26/2026 - 10:00</time></span>
<div class="clearfix text-formatted field field--name-body field--type-text-with-summary field__item"><p>The last ferry leaves at nine from now on.</p></div>`
	clean := Clean(in, nil)
	if got := Teaser(in, Text{}, "The last ferry"); got != "The last ferry leaves at nine from now on." {
		t.Errorf("the teaser is %q", got)
	}
	if len(clean.Paragraphs) != 1 || clean.Paragraphs[0] != "The last ferry leaves at nine from now on." {
		t.Errorf("the text is %q", clean.Paragraphs)
	}
}
