/* The form of a district in the browser: saves a cell as it is left, keeps what is not saved yet, shows what others save, and is typed
   in like a sheet. ES2018, no build step. Every page of the form works without this file; all words and checks come from the server. */
(function () {
  'use strict';

  var bar = document.querySelector('.deskbar');
  if (!bar) return;
  var form = document.getElementById('section');
  var desk = bar.dataset;                 // account, unit, period, version, token, address, words
  var store = 'unionboard.fill:' + desk.account + ':' + desk.unit + ':' + desk.period;
  var cells = {}, order = [];             // by item, as they stand on the page
  var kept = load();                      // what is not saved yet, by item
  var busy = false, tries = 0, timer = 0; // one save at a time, in the order of leaving
  var going = null;                       // the button that was pressed before all was saved

  function each(list, f) { Array.prototype.forEach.call(list, f); }
  function show(node, on) { if (node) node.hidden = !on; }
  function byID(id) { return document.getElementById(id); }

  /* What is not saved stays in this browser: over a reload, a lost connection and the end of a session. */
  function load() {
    try { return JSON.parse(localStorage.getItem(store)) || {}; } catch (e) { return {}; }
  }
  function keep() {
    try {
      if (Object.keys(kept).length) localStorage.setItem(store, JSON.stringify(kept));
      else localStorage.removeItem(store);
    } catch (e) { /* a browser that keeps nothing still saves every cell */ }
  }
  function name() { return Date.now().toString(36) + '-' + Math.random().toString(36).slice(2, 12) + Math.random().toString(36).slice(2, 12); }

  /* A cell: what is in it, what is saved of it. */
  function content(row) {
    var value = row.querySelector('[data-value]'), note = row.querySelector('textarea'), lack = row.querySelector('[type=checkbox]');
    return { value: value.value, note: note.value, lack: lack.checked };
  }
  function same(a, b) { return a.value === b.value && a.note === b.note && a.lack === b.lack; }
  function put(cell, c) {
    cell.value.value = c.value;
    cell.note.value = c.note;
    cell.lack.checked = c.lack;
  }
  function rebase(cell, base) {
    cell.row.dataset.base = base;
    cell.row.querySelector('[name^="b."]').value = base;
  }
  function gather() {
    each(document.querySelectorAll('tbody.cell.open'), function (row) {
      var code = row.dataset.item;
      cells[code] = {
        code: code, row: row, value: row.querySelector('[data-value]'), note: row.querySelector('textarea'),
        lack: row.querySelector('[type=checkbox]'), saved: content(row)
      };
      order.push(code);
    });
  }
  function cellOf(node) {
    var row = node && node.closest ? node.closest('tbody.cell.open') : null;
    return row ? cells[row.dataset.item] : null;
  }
  /* What a cell holds now is to be saved, unless it is what is saved already. Each new content gets a name of its own. */
  function remember(cell) {
    var now = content(cell.row), was = kept[cell.code];
    if (same(now, cell.saved) && !(was && was.stuck === 'clash')) delete kept[cell.code];
    else if (!was || !same(now, was)) {
      now.base = was ? was.base : cell.row.dataset.base;
      now.request = name();
      now.stuck = was && was.stuck === 'clash' ? 'clash' : '';
      kept[cell.code] = now;
    }
    keep();
  }

  /* Saving. */
  function waiting() { return Object.keys(kept).filter(function (code) { return !kept[code].stuck && !kept[code].typing; }); }
  function pump() {
    var code = waiting()[0];
    if (busy) return;
    if (!code) {
      tell();
      if (Object.keys(kept).some(function (code) { return kept[code].stuck === 'failed'; })) later();
      if (going && !Object.keys(kept).length) { going.click(); going = null; }
      return;
    }
    clearTimeout(timer);
    busy = true;
    tell();
    var sent = kept[code];
    send(code, sent).then(function (done) {
      busy = false;
      tries = 0;
      if (!Object.keys(kept).length) told('');
      if (!form && !waiting().length) { location.reload(); return; } // the page was made before they were saved
      pump();
    }, function (why) {
      busy = false;
      if (why === 'over') told('expired');
      else if (why === 'other') { told('other'); tell(); return; }
      else if (why === 'failed' && kept[code] && kept[code].request === sent.request) {
        kept[code].stuck = 'failed'; // it is set aside: the others do not wait for it
        if (waiting().length) { pump(); return; }
      }
      tell();
      later();
    });
  }
  /* What was set aside is tried again, after a while that grows. */
  function later() {
    clearTimeout(timer);
    timer = setTimeout(again, Math.min(60, Math.pow(2, ++tries)) * 1000);
  }
  function again() {
    free('failed');
    pump();
  }
  function free(stuck) {
    Object.keys(kept).forEach(function (code) { if (kept[code].stuck === stuck) kept[code].stuck = ''; });
  }
  function send(code, sent, renewed) {
    var body = new URLSearchParams();
    body.append('form_token', desk.token);
    body.append('item', code);
    body.append('value', sent.value);
    body.append('note', sent.note);
    body.append('missing', sent.lack ? '1' : '');
    body.append('base', sent.base);
    body.append('request', sent.request);
    return ask(desk.address + '/cell', { method: 'POST', body: body, keepalive: true }).then(function (answer) {
      if (answer.status === 403 && !renewed) return renew().then(function () { return send(code, sent, true); });
      if (answer.status !== 200 && answer.status !== 409 && answer.status !== 422) throw 'failed';
      return answer.text().then(function (text) { settle(code, sent, answer.status, parse(text)); });
    });
  }
  function ask(address, how) {
    return fetch(address, Object.assign({ credentials: 'same-origin', redirect: 'manual' }, how)).then(function (answer) {
      if (answer.type === 'opaqueredirect') throw 'over';
      return answer;
    });
  }
  function parse(text) { return new DOMParser().parseFromString(text, 'text/html'); }
  /* After a new sign-in the form has a new token; another person's input is none of ours to send. */
  function renew() {
    return ask(desk.address + '/news', {}).then(function (answer) { return answer.text(); }).then(function (text) {
      var fresh = parse(text).querySelector('.deskbar');
      if (!fresh) throw 'failed';
      if (fresh.dataset.account !== desk.account) throw 'other';
      desk.token = fresh.dataset.token;
    });
  }
  function settle(code, sent, status, doc) {
    var now = kept[code];
    if (status === 200 && now && now.request === sent.request) delete kept[code];
    else if (status !== 200 && now && now.request === sent.request) now.stuck = status === 409 ? 'clash' : 'fault';
    keep();
    take(doc, status === 200 ? '' : code);
    var cell = cells[code], row = doc.getElementById('c-' + code);
    if (status === 200 && cell && row && row.classList.contains('open')) {
      var held = content(row);
      if (same(held, sent)) {
        cell.saved = held;
        rebase(cell, row.dataset.base);
        if (kept[code]) { kept[code].base = row.dataset.base; keep(); } // typed further meanwhile
      }
    }
    if (status !== 200 && row && !row.classList.contains('open')) told('', 0, doc.getElementById('shut')); // nobody can type there now
    refresh(code);
  }

  /* Taking in how the form stands now. What somebody is typing into is left alone. */
  function take(doc, stuck) {
    var fresh = doc.querySelector('.deskbar');
    if (fresh) { desk.version = fresh.dataset.version; desk.token = fresh.dataset.token; desk.saved = fresh.dataset.saved; }
    var opened = false;
    each(doc.querySelectorAll('tbody.cell'), function (row) {
      var old = byID(row.id), cell = cells[row.dataset.item];
      if (!old) return;
      if (row.classList.contains('open') !== old.classList.contains('open')) { opened = true; return; }
      if (!cell) return;
      ['aria-describedby', 'aria-invalid'].forEach(function (name) {
        var says = row.querySelector('[data-value]').getAttribute(name);
        if (says === null) cell.value.removeAttribute(name);
        else cell.value.setAttribute(name, says);
      });
      if (kept[cell.code]) return;
      put(cell, content(row));
      cell.saved = content(row);
      rebase(cell, row.dataset.base);
    });
    each(doc.querySelectorAll('[data-live][id]'), function (part) {
      var old = byID(part.id), row = old && old.closest('tbody.cell'), code = row && row.dataset.item;
      if (!old || old.outerHTML === part.outerHTML || old.contains(document.activeElement)) return;
      if (code && kept[code] && kept[code].stuck && code !== stuck) return; // its choice or its fault stays in sight
      old.parentNode.replaceChild(document.importNode(part, true), old);
    });
    title();
    if (opened && !Object.keys(kept).length) location.reload(); // the form was shut or opened
  }
  function title() {
    var wrong = byID('faults') && byID('faults').querySelector('.bad'), bare = document.title;
    if (bare.indexOf(desk.wrong) === 0) bare = bare.slice(desk.wrong.length);
    document.title = (wrong ? desk.wrong : '') + bare;
  }

  /* Saying how it stands: in the bar for all cells, at the cell for one. */
  function tell() {
    var open = Object.keys(kept).filter(function (code) { return !kept[code].typing; }).length, saved = byID('saved');
    var text = busy && !tries ? desk.saving : open ? desk.unsaved.replace('{n}', open) : desk.saved;
    if (saved.textContent !== text) saved.textContent = text;
    saved.classList.toggle('bad', open > 0 && !(busy && !tries));
    show(byID('retry'), open > 0 && !busy);
    order.forEach(function (code) {
      cells[code].row.classList.toggle('unsaved', !!kept[code] && !kept[code].typing);
    });
  }
  function told(what, n, why) {
    var box = byID('told');
    show(box, !!(what || why));
    if (!what && !why) return;
    box.querySelector('span').textContent = why ? why.textContent : desk[what].replace('{n}', n === undefined ? Object.keys(kept).length : n);
    show(box.querySelector('a'), what === 'expired');
    box.querySelector('a').href = '/sign-in?over=1&next=' + encodeURIComponent(location.pathname + location.search);
  }

  /* Two editors: a choice is made in words, never by whoever was last. */
  function chosen(radio) {
    var cell = cellOf(radio), was = kept[cell.code];
    if (radio.value === 'theirs') {
      delete kept[cell.code];
      keep();
      news(true);
      return;
    }
    if (!was) return;
    kept[cell.code] = Object.assign(content(cell.row), { base: radio.value, request: name(), stuck: '' });
    keep();
    pump();
  }

  /* What others have saved since, asked for as long as somebody looks. */
  function news(all) {
    if (document.hidden && !all) return;
    ask(form.dataset.news + (all ? '' : '&since=' + encodeURIComponent(desk.version)), {}).then(function (answer) {
      if (answer.status !== 200) return;
      return answer.text().then(function (text) { take(parse(text), ''); tell(); });
    }).catch(function (why) { if (why === 'over') told('expired'); });
  }

  /* The panel beside the form: the past of the cell that is worked on. */
  var past = byID('past'), pasts = {}, looking = '';
  function look(cell) {
    if (!past || !window.matchMedia('(min-width: 1240px)').matches || looking === cell.code) return;
    looking = cell.code;
    setTimeout(function () {
      if (looking !== cell.code) return;
      if (pasts[cell.code]) { fill(pasts[cell.code]); return; }
      ask(cell.row.querySelector('[data-past]').href + '?part=past', {}).then(function (answer) { return answer.ok ? answer.text() : ''; }).then(function (text) {
        if (!text) return;
        pasts[cell.code] = text;
        if (looking === cell.code) fill(text);
      }).catch(function () { /* the cell's page says the same */ });
    }, 120);
  }
  function fill(text) {
    if (past.contains(document.activeElement)) return; // somebody reads or writes in it: a late answer takes nothing away
    var body = parse(text).body;
    past.textContent = '';
    while (body.firstChild) past.appendChild(document.importNode(body.removeChild(body.firstChild), true));
  }
  function refresh(code) {
    delete pasts[code];
    if (looking === code) { looking = ''; if (cells[code]) look(cells[code]); }
  }

  /* Keys as in a sheet: Enter goes down, with Shift up; Esc takes back. */
  function keyed(e) {
    var cell = cellOf(e.target);
    if (!cell || e.isComposing) return;
    if (e.key === 'Escape') {
      put(cell, cell.saved);
      remember(cell);
      tell();
      if (e.target.select) e.target.select();
    } else if (e.key === 'Enter' && e.target === cell.value) {
      e.preventDefault();
      var next = cells[order[order.indexOf(cell.code) + (e.shiftKey ? -1 : 1)]];
      if (next) { next.value.focus(); if (next.value.select) next.value.select(); }
      else if (!e.shiftKey) { var go = form.querySelector('.do button'); if (go) go.focus(); }
    }
  }

  /* A pasted column fills downwards, after a look at what goes where. */
  function pasted(e) {
    var cell = cellOf(e.target), text = e.clipboardData ? e.clipboardData.getData('text/plain') : '';
    if (!cell || e.target !== cell.value || !/[\n\t]/.test(text.replace(/\s+$/, ''))) return;
    e.preventDefault();
    var lines = text.replace(/\r\n?/g, '\n').replace(/\n$/, '').split('\n'), from = order.indexOf(cell.code);
    var columns = Math.max.apply(null, lines.map(function (line) { return line.split('\t').length; }));
    var box = document.importNode(byID('pasting').content, true).querySelector('dialog'), body = box.querySelector('tbody');
    var plan = [];
    lines.forEach(function (line, i) {
      var to = cells[order[from + i]], value = line.split('\t')[0].trim();
      if (!to) return;
      if (value !== '') plan.push({ cell: to, value: value });
      var row = body.insertRow();
      row.appendChild(document.createElement('th')).textContent = byID('l-' + to.code).textContent;
      row.insertCell().textContent = text_of(to, to.value.value);
      row.insertCell().textContent = value === '' ? box.dataset.skip : value;
      each(row.cells, function (c, n) { if (n) c.className = 'num'; });
    });
    box.querySelector('.lead').textContent = box.querySelector('.lead').textContent.replace('{n}', plan.length);
    var left = box.querySelector('.left'), more = Math.max(0, lines.length - (order.length - from)), words = [];
    if (more) words.push(left.dataset.lines.replace('{n}', more));
    if (columns > 1) words.push(left.dataset.columns.replace('{n}', columns));
    left.textContent = words.join(' ');
    show(left, words.length > 0);
    document.body.appendChild(box);
    box.addEventListener('click', function (click) {
      var answer = click.target.value;
      if (answer !== 'yes' && answer !== 'no') return;
      if (answer === 'yes') plan.forEach(function (p) { p.cell.value.value = p.value; p.cell.lack.checked = false; remember(p.cell); });
      box.close();
      pump();
    });
    box.addEventListener('close', function () { box.parentNode.removeChild(box); cell.value.focus(); });
    box.showModal();
    box.querySelector('button[value=yes]').focus();
  }
  function text_of(cell, value) {
    var option = cell.value.options && cell.value.options[cell.value.selectedIndex];
    return option ? option.textContent : value || '—';
  }

  function start() {
    gather();
    var back = Object.keys(kept);
    back.forEach(function (code) {
      kept[code].stuck = '';
      kept[code].typing = false;
      if (cells[code]) put(cells[code], kept[code]);
    });
    if (back.length) told('restored', back.length);
    byID('retry').addEventListener('click', function () { tries = 0; free('fault'); again(); });
    window.addEventListener('online', function () { tries = 0; again(); });
    if (form) {
      form.addEventListener('input', function (e) {
        var cell = cellOf(e.target);
        if (!cell || e.target.type === 'radio') return;
        if (e.target === cell.value && cell.value.value !== '') cell.lack.checked = false;
        remember(cell);
        if (kept[cell.code]) kept[cell.code].typing = true;
      });
      form.addEventListener('change', function (e) {
        var cell = cellOf(e.target);
        if (e.target.type === 'radio') { chosen(e.target); return; }
        if (!cell) return;
        if (e.target === cell.lack && cell.lack.checked) { cell.value.value = ''; cell.note.focus(); }
        remember(cell);
        if (kept[cell.code]) kept[cell.code].typing = false;
        pump();
      });
      form.addEventListener('submit', function (e) {
        Object.keys(kept).forEach(function (code) { kept[code].typing = false; });
        if (!waiting().length) return;
        e.preventDefault();
        going = e.submitter || document.activeElement;
        pump();
      });
      form.addEventListener('focusin', function (e) { var cell = cellOf(e.target); if (cell) look(cell); });
      form.addEventListener('keydown', keyed);
      form.addEventListener('keypress', function (e) { if (e.key === 'Enter' && e.target.tagName === 'INPUT') e.preventDefault(); }); // it would send the form
      form.addEventListener('paste', pasted);
      setInterval(function () { news(false); }, 20000);
      document.addEventListener('visibilitychange', function () { news(false); });
      if (byID('faults') && byID('faults').querySelector('.bad') && location.hash === '#top') byID('faults').focus();
    }
    if (back.length) pump();
    if (order.length) look(cells[order[0]]);
    document.documentElement.setAttribute('data-fill', '');
  }
  start();
})();
