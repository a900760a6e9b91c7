// Package fetch is the only HTTP client of the house. Addresses come from the
// configuration, but also from feeds and redirects that others write, so it trusts
// none of them.
//
// One request's way, from top to bottom:
//
//   - [Client.Get] waits for one of the two places that its host has; another host
//     never waits for it;
//   - the request is conditional where an earlier answer gave an ETag or a date
//     (RFC 9110 13.1), and asks for gzip or br (RFC 7932);
//   - the dial is guarded: once the name is resolved, an address that is private,
//     loopback, link-local, multicast or otherwise not of the public Internet is
//     refused, unless the configuration names the host. The check sits on the
//     socket, so a redirect or a name that changes its address meets it too;
//   - at most five redirects are followed, each as a new request without cookies,
//     referrer or credentials; one that is permanent is reported (RFC 9110 15.4);
//   - the body is read up to a limit that counts unpacked bytes;
//   - what goes wrong is an [Error]: a kind for programs, words for an editor.
//
// Each step has its own timeout: name and connection, TLS, the first byte, a pause
// in the body; and there is one for all of them together. No proxy is used, none
// from the environment either: behind one the guard would see nothing.
package fetch
