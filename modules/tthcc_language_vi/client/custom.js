/* This file is part of TTHCC.  The COPYRIGHT file at the top level of
   this repository contains the full copyright notices and license terms. */
(function() {
    'use strict';

    // The web client names the window of the preferences in English only
    const init = Sao.Dialog.prototype.init;
    Sao.Dialog.prototype.init = function(title, ...rest) {
        if (title == 'Preferences') {
            title = Sao.i18n.gettext('Preferences...').replace('...', '');
        }
        return init.call(this, title, ...rest);
    };

    // Longer lists than a screen shows are counted before they are shown:
    // to 10,000 rows instead of 100,000, and then "10000+"
    Object.defineProperty(Sao.Screen.prototype, 'count_limit', {
        get: function() {
            return this.limit * 10 + this.offset;
        },
    });
})();
