/* Goes from one framework to the next. When the server is silent the last picture stays, and says since when. ES2018, no build step. */
(function () {
  'use strict';
  var wall = document.getElementById('wall');
  if (!wall) return;
  var last = new Date();
  var timer = 0;
  var asking = false;

  function two(n) { return (n < 10 ? '0' : '') + n; }

  function silent() {
    var note = wall.querySelector('.silent');
    note.textContent = wall.getAttribute('data-silent') + ' ' + two(last.getHours()) + ':' + two(last.getMinutes());
    note.hidden = false;
  }

  function next() {
    if (asking) return;
    asking = true;
    clearTimeout(timer);
    var patience = new AbortController();
    var bell = setTimeout(function () { patience.abort(); }, 20000);
    fetch(wall.getAttribute('data-next'), { credentials: 'same-origin', redirect: 'error', cache: 'no-store', signal: patience.signal })
      .then(function (answer) {
        if (!answer.ok) throw new Error(String(answer.status));
        return answer.text();
      })
      .then(function (text) {
        var fresh = new DOMParser().parseFromString(text, 'text/html').getElementById('wall');
        if (!fresh) throw new Error('no wall');
        fresh = document.importNode(fresh, true);
        wall.parentNode.replaceChild(fresh, wall);
        wall = fresh;
        last = new Date();
      })
      .catch(silent)
      .then(function () {
        clearTimeout(bell);
        asking = false;
        wait();
      });
  }

  function wait() { timer = setTimeout(next, Number(wall.getAttribute('data-every')) * 1000); }

  /* A screen that wakes up does not show the picture of yesterday for half a minute. */
  document.addEventListener('visibilitychange', function () { if (!document.hidden) next(); });
  wait();
})();
