(function () {
  "use strict";
  document.querySelectorAll("input.search").forEach(function (box) {
    var rows = document.querySelectorAll("#" + box.dataset.list + " details.row");
    var none = document.getElementById(box.dataset.list + "-none");
    box.addEventListener("input", function () {
      var words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
      var shown = 0;
      rows.forEach(function (row) {
        var text = row.dataset.find;
        var fits = words.every(function (word) { return text.indexOf(word) >= 0; });
        row.hidden = !fits;
        if (fits) { shown += 1; }
      });
      none.hidden = shown > 0;
    });
  });
})();
