package portal

import (
	"net/http"
	"os"
	"testing"
)

func TestServeLocal(t *testing.T) {
	addr := os.Getenv("PORTAL_LISTEN")
	if addr == "" {
		t.Skip()
	}
	t.Log(http.ListenAndServe(addr, newWorld(t).handler))
}
func TestSmoke(t *testing.T) {
	w := newWorld(t)
	for _, p := range []string{"/", "/findings", "/finding/2026-001/2", "/finding/2026-001/1", "/finding/2026-002/1", "/case/2026-001", "/convention", "/convention/gge-2015", "/clause/gge-2015/13f", "/state/UA", "/state/XB", "/log", "/log/0", "/log/12", "/log/14", "/method", "/index.json", "/finding/2026-001/2.json", "/log/2.json", "/log.json", "/case/2026-001.json"} {
		a := w.get(p)
		t.Log(p, a.Code, a.Body.Len())
		if a.Code != 200 {
			t.Error(p, a.Body.String())
		}
	}
}
