// Package smtp is the wire: it hands finished messages to a relay and says what
// came of each. It follows
//
//   - RFC 5321 (SMTP; 4.2 replies, 4.5.2 transparency, 4.5.3.2 timeouts),
//   - RFC 2920 (PIPELINING), RFC 3030 (CHUNKING), RFC 1870 (SIZE), RFC 6152
//     (8BITMIME), RFC 6531 (SMTPUTF8),
//   - RFC 3207 (STARTTLS), RFC 8314 (implicit TLS), RFC 8689 (REQUIRETLS), RFC 4954
//     (AUTH),
//   - RFC 3463 and RFC 2034 (enhanced status codes), RFC 7372 and the IANA registry
//     for those about authentication and policy,
//   - RFC 1047 (why a reply can be lost after the message was taken).
//
// The way through it, from top to bottom:
//
//   - a [Relay] says where and how to connect;
//   - [Dial] connects, encrypts and logs in, a step at a time, over
//     github.com/wneessen/go-mail/smtp, and gives a [Session];
//   - a [Stream] carries messages over it: the end of one and the envelope of the
//     next in one write; or a window of them in chunks; or a step at a time;
//   - [Session.Send] carries one message, as a stream of one;
//   - each reply is read whole, within limits, and becomes an [Outcome], whose text
//     holds no address.
//
// # What broke, and what that means
//
// Everything before the final dot was surely not taken: deferred. Once the write
// that holds the final dot has begun, only a reply can tell: without one the
// outcome is in doubt. A write tells how much of it the kernel took: where that ends
// before the dot, the relay cannot have it, and nothing is in doubt. The same holds
// for the last byte of a chunk, which has its length in front.
//
// In a stream, several messages may be on their way when a session breaks:
//
//   - those whose end is on the wire and which have no reply are in doubt; chained,
//     that is one at most, in chunks the window;
//   - one that the relay was only told of is untried: it goes out on another session,
//     and it costs no try;
//   - after 421 the relay closes the channel (RFC 5321 3.8), so what it has not
//     answered by then it has not looked at: untried, too.
//
// A message that the relay refused at MAIL or RCPT while its chunk was under way gets
// 503 for the chunk; the first refusal decides.
//
// # Traps of go-mail v0.8.1 that shape this package
//
//   - Its Send takes a lost final reply for a failure, a failing body reader sends
//     the truncated message, and a refused DATA is not followed by RSET. So the
//     steps of a message are our own, over its smtp.Client.Text.
//   - Its Client.DialToSMTPClientWithContext leaves the connection open when EHLO,
//     TLS or AUTH fails, hides which of them it was, prefers NTLM to PLAIN, and with
//     WithSSL and WithDialContextFunc together sends in clear. So Dial takes its
//     steps one by one (smtp.NewClient, Hello, StartTLS, Auth) over a connection
//     that it owns.
//   - Its replies are read without a limit, so the connection underneath has one.
//   - It knows an extension only in upper case. A relay that offers "pipelining" in
//     lower case is talked to without it.
//   - After a refused AUTH it sends "*" and QUIT and waits for both replies, so a
//     refusal can take up to the Hello timeout.
package smtp
