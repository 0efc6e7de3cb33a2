/* Draws the charts of a page from the options that stand in it, and shortens a few ways. ES2018, no build step. Every page reads
   without this file. */
(function () {
  'use strict';

  /* Formatters that options may name; functions cannot travel as JSON. */
  function grouped(x, digits) {
    if (x === null || x === undefined || x === '' || x === '-' || isNaN(x)) return '—';
    var parts = Math.abs(Number(x)).toFixed(digits).split('.');
    parts[0] = parts[0].replace(/\B(?=(\d{3})+$)/g, ',');
    var text = parts.join('.');
    return (Number(x) < 0 && /[1-9]/.test(text) ? '\u2212' : '') + text;
  }
  function valueOf(x) {
    if (x !== null && typeof x === 'object' && 'value' in x) x = x.value;
    return Array.isArray(x) ? x[x.length - 1] : x;
  }
  var formats = {
    '@score2': function (x) { return grouped(valueOf(x), 2); },
    '@score1': function (x) { return grouped(valueOf(x), 1); },
    '@pct1': function (x) { var t = grouped(valueOf(x), 1); return t === '—' ? t : t + '%'; },
    '@int': function (x) { return grouped(valueOf(x), 0); }
  };

  /* Puts functions in place of their names, wherever an option says so. */
  function resolve(node) {
    if (node === null || typeof node !== 'object') return node;
    Object.keys(node).forEach(function (key) {
      var value = node[key];
      if (typeof value === 'string' && value.charAt(0) === '@' && /formatter$/i.test(key)) {
        if (!Object.prototype.hasOwnProperty.call(formats, value)) throw new Error('no formatter ' + value);
        node[key] = formats[value];
      } else {
        resolve(value);
      }
    });
    return node;
  }

  var charts = [];

  function fail(box) {
    box.setAttribute('data-failed', '');
    box.textContent = box.getAttribute('data-failure');
  }

  function draw(box) {
    try {
      var data = document.getElementById(box.id.replace(/-c$/, '-o'));
      var option = resolve(JSON.parse(data.textContent));
      option.animation = false;
      option.tooltip = Object.assign({}, option.tooltip, { renderMode: 'richText' });
      var font = getComputedStyle(document.body).fontFamily;
      option.textStyle = Object.assign({ fontFamily: font }, option.textStyle);
      var chart = window.echarts.init(box, null, { renderer: 'svg', locale: box.getAttribute('data-lang') === 'en' ? 'EN' : 'ZH' });
      chart.setOption(option);
      charts.push(chart);
    } catch (e) {
      fail(box);
    }
  }

  /* On paper a chart has the width of its part of the sheet, whatever the window's, and rows closer together: drawn to that size before
     printing, then scaled by the style sheet. */
  var sheetWidth = 1032;
  function stamp() {
    charts.forEach(function (chart) {
      var box = chart.getDom(), style = getComputedStyle(box);
      var width = Math.round(sheetWidth * (Number(style.getPropertyValue('--part')) || 1));
      var height = Math.round(Math.max(Math.min(box.clientHeight, 160), box.clientHeight * (Number(style.getPropertyValue('--closer')) || 1)));
      chart.resize({ width: width, height: height, silent: true });
      chart.getZr().flush();
      var svg = box.querySelector('svg');
      if (svg) svg.setAttribute('viewBox', '0 0 ' + width + ' ' + height);
    });
  }
  function unstamp() {
    charts.forEach(function (chart) {
      var svg = chart.getDom().querySelector('svg');
      if (svg) svg.removeAttribute('viewBox');
      chart.resize();
    });
  }

  function ready() { document.documentElement.setAttribute('data-ready', ''); }

  function start() {
    var boxes = Array.prototype.slice.call(document.querySelectorAll('[data-chart]'));
    boxes.forEach(function (box) { if (window.echarts) draw(box); else fail(box); });
    var timer = 0;
    window.addEventListener('resize', function () {
      clearTimeout(timer);
      timer = setTimeout(function () { charts.forEach(function (c) { c.resize(); }); }, 100);
    });
    window.addEventListener('beforeprint', stamp);
    window.addEventListener('afterprint', unstamp);
    document.querySelectorAll('[data-print]').forEach(function (button) {
      button.hidden = false;
      button.addEventListener('click', function () { stamp(); window.print(); });
    });
    /* A menu closes when the reader goes elsewhere. */
    function close(except) {
      document.querySelectorAll('details.menu[open]').forEach(function (d) { if (d !== except) d.open = false; });
    }
    document.addEventListener('click', function (e) { close(e.target.closest ? e.target.closest('details.menu') : null); });
    document.addEventListener('keydown', function (e) {
      if (e.key !== 'Escape') return;
      var menu = document.querySelector('details.menu[open]');
      if (menu) { menu.open = false; menu.querySelector('summary').focus(); }
    });
    /* What a form has not saved yet is kept in this browser for one person, and goes when that person signs out. */
    document.querySelectorAll('form[data-leaving]').forEach(function (form) {
      form.addEventListener('submit', function (e) {
        try {
          var own = Object.keys(localStorage).filter(function (key) { return key.indexOf('unionboard.fill:' + form.getAttribute('data-account') + ':') === 0; });
          if (own.length && !window.confirm(form.getAttribute('data-leaving'))) e.preventDefault();
          else own.forEach(function (key) { localStorage.removeItem(key); });
        } catch (broken) { /* nothing is kept */ }
      });
    });
    ready();
  }

  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', start);
  else start();
})();
