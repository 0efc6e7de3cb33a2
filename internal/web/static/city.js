/* The form of a city department in the browser: Enter goes down, and what is copied from a sheet fills the fields below and beside.
   Nothing is saved by it: the fields are the preview. ES2018; the form works without this file. */
(function () {
  'use strict';
  var table = document.querySelector('table.cityform');
  if (!table) return;

  function field(row, column) {
    var tr = table.tBodies[0].rows[row];
    var cell = tr && tr.cells[column];
    return cell ? cell.querySelector('input.cell, select.cell') : null;
  }
  function place(node) {
    var cell = node.closest('td');
    return cell ? { row: cell.parentNode.sectionRowIndex, column: cell.cellIndex } : null;
  }
  function put(node, text) {
    if (node.tagName !== 'SELECT') { node.value = text; return true; }
    for (var i = 0; i < node.options.length; i++) {
      if (node.options[i].text === text || node.options[i].value === text) { node.selectedIndex = i; return true; }
    }
    return false;
  }

  table.addEventListener('keydown', function (e) {
    if (e.key !== 'Enter' || !e.target.matches('input.cell')) return;
    e.preventDefault(); // the form is sent by its buttons
    var at = place(e.target);
    for (var row = at.row + 1; row < table.tBodies[0].rows.length; row++) {
      var next = field(row, at.column);
      if (next) { next.focus(); return; }
    }
  });

  table.addEventListener('keypress', function (e) {
    if (e.key === 'Enter' && e.target.matches('input.cell')) e.preventDefault(); // some browsers send the form here, in the field the focus went to
  });

  table.addEventListener('paste', function (e) {
    var text = (e.clipboardData || window.clipboardData).getData('text');
    var at = e.target.matches('input.cell, select.cell') && place(e.target);
    if (!at || !/[\t\n]/.test(text.replace(/\r?\n$/, ''))) return;
    e.preventDefault();
    var filled = 0;
    text.replace(/\r?\n$/, '').split(/\r?\n/).forEach(function (line, i) {
      line.split('\t').forEach(function (value, j) {
        var node = field(at.row + i, at.column + j);
        if (node && value.trim() !== '' && put(node, value.trim())) {
          node.classList.add('pasted');
          filled++;
        }
      });
    });
    var words = document.querySelector('[data-pasted]');
    if (words) words.textContent = words.getAttribute('data-words').replace('{n}', filled);
  });
})();
