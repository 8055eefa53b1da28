// Every page: what makes the plain pages quicker. Without it they work the same, with a reload.

import "htmx.org";
import { enableCopyButtons } from "./copy.js";
import { enableCopyAs } from "./copy-as.js";
import { enableComposer } from "./composer.js";
import { followDisplaySwitches } from "./display.js";
import { enableEscape } from "./escape.js";
import { enableImport } from "./import.js";
import { followLamp } from "./lamp.js";
import { closeMenus } from "./menu.js";
import { followLessons } from "./lesson.js";
import { stepThroughShow } from "./show.js";
import { enableSees } from "./sees.js";
import { enableSteps } from "./steps.js";
import { enableTabKeys } from "./tabs.js";
import { offerPictures } from "./picture.js";
import { stepThroughPictures } from "./picture-steps.js";
import { followPresenter } from "./presenter.js";
import { offerWindows } from "./window.js";
import "../../../../templates/proxy/probe.js";

followDisplaySwitches(document);
enableCopyButtons(document);
enableCopyAs(document);
enableImport(document);
closeMenus(document);
enableComposer(document);
enableEscape(document);
followLamp(document);
enableSees(document);
enableSteps(document);
enableTabKeys(document);
offerPictures(document);
stepThroughPictures(document);
followPresenter(document);
offerWindows(document);
followLessons(document);
stepThroughShow(document);
