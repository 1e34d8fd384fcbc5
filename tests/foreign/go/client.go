// Talks to a running Arauto server with gorilla/websocket, which knows nothing of Arauto.
//
// usage: client HTTP_URL CHANNEL ALICE_TOKEN SERVICE_TOKEN HEARTBEAT_TIMEOUT_SECONDS
//
// Prints a line for each thing that holds; ends with 1 at the first that does not.
package main

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

var base, channel, alice, service = strings.TrimRight(os.Args[1], "/"), os.Args[2], os.Args[3], os.Args[4]

type frame map[string]interface{}

func check(holds bool, format string, values ...interface{}) {
	if !holds {
		panic(fmt.Sprintf(format, values...))
	}
}

func must(err error) { check(err == nil, "%v", err) }

func ok(format string, values ...interface{}) { fmt.Printf("ok: "+format+"\n", values...) }

func isSignal(kind interface{}) bool {
	switch kind {
	case "connected", "heartbeat", "presence", "typing", "receipt":
		return true
	}
	return false
}

// client is a connection with the few lines that every user of a plain WebSocket library writes.
type client struct {
	socket  *websocket.Conn
	waiting []frame
	lastID  float64
}

func dial(token string) (*client, *http.Response, error) {
	dialer := websocket.Dialer{EnableCompression: true, Subprotocols: []string{"arauto.v1.json"}, HandshakeTimeout: 10 * time.Second}
	header := http.Header{}
	if token != "" {
		header.Set("Authorization", "Bearer "+token)
	}
	socket, response, err := dialer.Dial(strings.Replace(base, "http", "ws", 1)+"/ws", header)
	if err != nil {
		return nil, response, err
	}
	return &client{socket: socket}, response, nil
}

func connect(token string) *client {
	c, _, err := dial(token)
	must(err)
	return c
}

func (c *client) next() (frame, error) {
	must(c.socket.SetReadDeadline(time.Now().Add(10 * time.Second)))
	kind, data, err := c.socket.ReadMessage()
	if err != nil {
		return nil, err
	}
	check(kind == websocket.TextMessage, "frame of kind %d", kind)
	var f frame
	must(json.Unmarshal(data, &f))
	return f, nil
}

// first is the next frame of one kind.
func (c *client) first(kind string) frame {
	for {
		f, err := c.next()
		must(err)
		if f["type"] == kind {
			return f
		}
	}
}

func (c *client) ask(f frame) frame {
	c.lastID++
	f["id"] = c.lastID
	must(c.socket.WriteJSON(f))
	for {
		answer, err := c.next()
		must(err)
		if answer["id"] == c.lastID && (answer["type"] == "reply" || answer["type"] == "error" || answer["type"] == "pong") {
			return answer
		}
		if !isSignal(answer["type"]) {
			c.waiting = append(c.waiting, answer)
		}
	}
}

func (c *client) message() frame {
	for len(c.waiting) == 0 {
		f, err := c.next()
		must(err)
		if !isSignal(f["type"]) {
			c.waiting = append(c.waiting, f)
		}
	}
	f := c.waiting[0]
	c.waiting = c.waiting[1:]
	return f
}

// closed reads to the end and returns the server's close code.
func (c *client) closed() int {
	for {
		if _, err := c.next(); err != nil {
			end, isClose := err.(*websocket.CloseError)
			check(isClose, "no close frame, but %v", err)
			return end.Code
		}
	}
}

func (c *client) publish(number int, filler string) frame {
	reply := c.ask(frame{"type": "publish", "channel": channel, "event": "chat", "key": fmt.Sprintf("go-%d", number), "data": frame{"number": number, "filler": filler}})
	check(reply["type"] == "reply" && reply["durable"] == true, "%v", reply)
	return reply
}

// expect takes exactly the messages with these numbers, in order, and returns the last cursor.
func (c *client) expect(from, to int) string {
	cursor, offset := "", 0.0
	for number := from; number <= to; number++ {
		f := c.message()
		data := f["data"].(map[string]interface{})
		check(data["number"] == float64(number), "message %v instead of %d", data["number"], number)
		check(number == from || f["offset"] == offset+1, "offset %v after %v", f["offset"], offset)
		offset, cursor = f["offset"].(float64), f["cursor"].(string)
	}
	c.ask(frame{"type": "ping"})
	check(len(c.waiting) == 0, "more than expected: %v", c.waiting)
	return cursor
}

func authentication() {
	c, response, err := dial(alice)
	must(err)
	check(c.socket.Subprotocol() == "arauto.v1.json", "subprotocol %q", c.socket.Subprotocol())
	extensions := response.Header.Get("Sec-WebSocket-Extensions")
	check(strings.HasPrefix(extensions, "permessage-deflate"), "extensions %q", extensions)
	check(c.first("connected")["user"] == "alice", "not alice")
	must(c.socket.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""), time.Now().Add(time.Second)))
	code := c.closed()
	check(code == 1000, "close %d", code)
	ok("token in the header, subprotocol, permessage-deflate, close 1000")

	c = connect("")
	reply := c.ask(frame{"type": "auth", "token": alice})
	check(reply["type"] == "reply" && reply["user"] == "alice", "%v", reply)
	c.socket.Close()
	ok("token in the first frame")

	_, response, err = dial("not-a-token")
	check(err == websocket.ErrBadHandshake && response.StatusCode == 401, "%v", err)
	ok("a bad token in the header is answered with HTTP 401")
}

func messages(publisher, subscriber *client) string {
	first := publisher.publish(1, "")
	for number := 2; number <= 50; number++ {
		publisher.publish(number, "")
	}
	again := publisher.publish(1, "")
	check(reflect.DeepEqual(first["message"], again["message"]) && first["offset"] == again["offset"], "%v, then %v", first, again)
	subscriber.expect(1, 50)
	ok("50 messages in order, a repeated key has one effect and the first answer")

	filler := strings.Repeat("as compressible as text is, ", 2000)
	publisher.publish(51, filler)
	f := subscriber.message()
	check(f["data"].(map[string]interface{})["filler"] == filler, "another text came out")
	ok("a large message through permessage-deflate")
	return f["cursor"].(string)
}

func resume(cursor string) *client {
	c := connect(alice)
	reply := c.ask(frame{"type": "subscribe", "channel": channel, "since": cursor})
	check(reply["resumed"] == true, "%v", reply)
	return c
}

func cutOff(publisher, subscriber *client, connection, cursor string) {
	request, err := http.NewRequest(http.MethodDelete, base+"/v1/connections/"+connection, nil)
	must(err)
	request.Header.Set("Authorization", "Bearer "+service)
	response, err := http.DefaultClient.Do(request)
	must(err)
	response.Body.Close()
	check(response.StatusCode == 204, "HTTP %d", response.StatusCode)
	code := subscriber.closed()
	check(code == 4009, "close %d", code)
	for number := 52; number < 82; number++ {
		publisher.publish(number, "")
	}
	subscriber = resume(cursor)
	cursor = subscriber.expect(52, 81)
	ok("closed by the server with 4009, came back, got the 30 missed messages and no other")

	tcp := subscriber.socket.UnderlyingConn().(*net.TCPConn)
	must(tcp.SetLinger(0))
	tcp.Close()
	for number := 82; number < 92; number++ {
		publisher.publish(number, "")
	}
	subscriber = resume(cursor)
	publisher.publish(92, "")
	subscriber.expect(82, 92)
	ok("broken off by TCP, came back, got the missed messages, then the live one")
	subscriber.socket.Close()
}

// heartbeat sends nothing: only the library's own answers to the server's pings keep the connection.
func heartbeat(timeout float64) {
	c := connect(alice)
	c.first("connected")
	pings, beats := 0, 0
	answer := c.socket.PingHandler()
	c.socket.SetPingHandler(func(data string) error {
		pings++
		return answer(data)
	})
	for end := time.Now().Add(time.Duration(1.5 * timeout * float64(time.Second))); time.Now().Before(end); beats++ {
		f, err := c.next()
		must(err)
		check(f["type"] == "heartbeat" && f["status"] == "ok", "%v", f)
	}
	check(pings > 0, "no ping came")
	check(c.ask(frame{"type": "ping"})["type"] == "pong", "no pong")
	c.socket.Close()
	ok("silent for longer than the heartbeat timeout and still there, %d heartbeats, %d pings", beats, pings)
}

func closeCodes() {
	codeAfter := func(token string, kind int, data string) int {
		c := connect(token)
		must(c.socket.WriteMessage(kind, []byte(data)))
		return c.closed()
	}
	expect := func(what string, code, expected int) {
		check(code == expected, "%s: %d, not %d", what, code, expected)
		ok("%s closes with %d", what, code)
	}
	expect("a bad token in the first frame", codeAfter("", websocket.TextMessage, `{"type":"auth","token":"not-a-token"}`), 4001)
	expect("a binary frame on JSON", codeAfter(alice, websocket.BinaryMessage, "\x00\x01"), 1003)
	expect("a message over the limit", codeAfter(alice, websocket.TextMessage, `{"type":"ping","filler":"`+strings.Repeat("x", 100000)+`"}`), 1009)
}

func main() {
	defer func() {
		if failed := recover(); failed != nil {
			fmt.Fprintln(os.Stderr, "failed:", failed)
			os.Exit(1)
		}
	}()
	timeout, err := strconv.ParseFloat(os.Args[5], 64)
	must(err)
	authentication()
	publisher, subscriber := connect(service), connect(alice)
	connection := subscriber.first("connected")["connection"].(string)
	reply := subscriber.ask(frame{"type": "subscribe", "channel": channel})
	check(reply["type"] == "reply" && reply["resumed"] == false, "%v", reply)
	cursor := messages(publisher, subscriber)
	cutOff(publisher, subscriber, connection, cursor)
	publisher.socket.Close()
	closeCodes()
	heartbeat(timeout)
}
