// Says that scripts run here, before the page is drawn, so that govuk-frontend's styles for them apply.
document.body.className += " js-enabled" + ("noModule" in HTMLScriptElement.prototype ? " govuk-frontend-supported" : "");
