// Opening a site here needs names under localhost, which Safari does not find: asks one, and says so before anybody tries in vain.

export async function probeGateway(root) {
  const form = root.querySelector("[data-gateway-probe]");
  const warning = root.querySelector("[data-gateway-far]");
  if (!form || !warning) return;
  try {
    await fetch(form.dataset.gatewayProbe, { mode: "cors", cache: "no-store", credentials: "omit" });
    warning.hidden = true;
  } catch {
    warning.hidden = false;
  }
}
